"""Numbers stops by the transaction that wrote them, so that a gate reads only what it has not seen."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import BigIntegerField, Func, TextField
from django.db.models.functions import Cast

_TRANSACTION = Func(function="pg_current_xact_id", output_field=TextField())
_NUMBER = BigIntegerField(db_default=Cast(Cast(_TRANSACTION, TextField()), BigIntegerField()), editable=False)


class Migration(migrations.Migration):
    """Numbers stops by the transaction that wrote them, so that a gate reads only what it has not seen."""

    dependencies: ClassVar = [("admission", "0002_append_only")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="PolicyAnnouncement",
            fields=[
                ("app_id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveBigIntegerField()),
                ("written_in", _NUMBER.clone()),
            ],
        ),
        migrations.AddField("revocation", "written_in", _NUMBER.clone()),
        migrations.AddIndex("revocation", models.Index(fields=["written_in"], name="revocation_newly_written")),
        migrations.AddIndex("revocation", models.Index(fields=["not_before"], name="revocation_furthest")),
        migrations.AddIndex(
            "policyannouncement", models.Index(fields=["written_in"], name="announcement_newly_written")
        ),
    ]
