"""Quotas of organisations and persons: a column each for whose they are, and who holds a reservation.

Nothing is rewritten and no table is locked for long: the columns have constant defaults, the index of the big table is
built beside its use. The table of quotas is small.
"""

from typing import ClassVar

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds what stands for organisations and persons."""

    atomic = False

    dependencies: ClassVar = [("quotas", "0002_row_level_security"), ("tenancy", "0003_workspace_kind")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="quota",
            name="person",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=160),
        ),
        migrations.AddField(
            model_name="reservation",
            name="held_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=160),
        ),
        migrations.AlterField(
            model_name="quota",
            name="workspace",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.workspace",
            ),
        ),
        AddIndexConcurrently(
            model_name="reservation",
            index=models.Index(
                condition=models.Q(("state", "released"), _negated=True),
                fields=["tenant", "held_by"],
                name="reservation_of_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="quota",
            constraint=models.UniqueConstraint(
                models.F("tenant"),
                models.F("person"),
                condition=models.Q(("workspace", None)),
                name="quota_once_an_organisation_or_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="quota",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("app", None), ("workspace", None)),
                    models.Q(("person", ""), ("workspace__isnull", False)),
                    _connector="OR",
                ),
                name="quota_is_of_one",
            ),
        ),
    ]
