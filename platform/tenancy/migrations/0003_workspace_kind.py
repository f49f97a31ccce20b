"""Workspaces are live or sandboxes."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Workspaces are live or sandboxes. The table is small: the check is looked at in one go."""

    dependencies: ClassVar = [("tenancy", "0002_row_level_security")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="workspace",
            name="kind",
            field=models.CharField(
                choices=[("live", "Live"), ("sandbox", "Sandbox")],
                db_default="live",
                default="live",
                editable=False,
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="workspace",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["live", "sandbox"])), name="workspace_kind_is_known"
            ),
        ),
    ]
