"""Keeps why a setup stopped as a code and its facts, so that each reader has it in their language."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Keeps why a setup stopped as a code and its facts, so that each reader has it in their language."""

    dependencies: ClassVar = [("marketplace", "0012_facts_of_findings")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="setup",
            name="problem_facts",
            field=models.JSONField(db_default={}, default=dict, editable=False),
        ),
    ]
