"""Notes until when storage keeps a file's bytes by itself, and lets the round find those that it doesn't keep yet."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    """Notes until when storage keeps a file's bytes by itself."""

    atomic = False
    dependencies: ClassVar = [("storage", "0011_terms_of_labels")]

    operations: ClassVar = [
        migrations.AddField("storedfile", "kept_until", models.DateTimeField(null=True)),
        AddIndexConcurrently(
            "storedfile",
            models.Index(
                fields=["tenant", "id"],
                name="file_to_retain",
                condition=Q(retained_until__isnull=False)
                & (Q(kept_until=None) | Q(kept_until__lt=F("retained_until"))),
            ),
        ),
    ]
