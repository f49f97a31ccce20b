"""Keeps a finding's facts beside its words, so that each reader has them in their language."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Keeps a finding's facts beside its words, so that each reader has them in their language."""

    dependencies: ClassVar = [("marketplace", "0011_transform_rules")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="reviewfinding",
            name="facts",
            field=models.JSONField(db_default={}, default=dict, editable=False),
        ),
    ]
