"""Lets files wait for a person, and keeps one verdict for each version of an engine's rules.

No lock is held while the verdicts' new index is built.
"""

from typing import ClassVar

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models
from django.db.migrations.operations import RunSQL, SeparateDatabaseAndState
from django.db.models import Q

import kernel.clock
import kernel.identifiers
from tenancy.rowsecurity import SecureTenantTable

OUTCOMES = [("clean", "Nothing found"), ("rejected", "Refused"), ("held", "A person must decide")]
DECISIONS = [("", "Not decided"), ("released", "Released"), ("refused", "Refused")]
ONE_FILE = Q(upload=None, copy_id__isnull=False) | Q(upload__isnull=False, copy_id=None)
DECIDED = Q(decision="", decided_by="", decided_at=None, reason="") | (
    Q(decision__in=["released", "refused"], decided_at__isnull=False) & ~Q(decided_by="") & ~Q(reason="")
)
UNIQUE = ["upload", "copy_id", "engine", "engine_version", "signature_version"]


class Migration(migrations.Migration):
    """Lets files wait for a person, and keeps one verdict for each version of an engine's rules."""

    atomic = False
    dependencies: ClassVar = [("scanning", "0002_row_level_security"), ("storage", "0005_trash")]

    operations: ClassVar = [
        migrations.AddField("scanverdict", "copy_id", models.UUIDField(null=True)),
        migrations.AddField(
            "scanverdict", "signature_version", models.CharField(max_length=200, blank=True, default="", db_default="")
        ),
        migrations.AddField(
            "scanverdict", "code", models.CharField(max_length=40, blank=True, default="", db_default="")
        ),
        migrations.AlterField("scanverdict", "outcome", models.CharField(max_length=8, choices=OUTCOMES)),
        SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint("scanverdict", "verdict_once_an_engine"),
                migrations.AddConstraint(
                    "scanverdict",
                    models.UniqueConstraint(fields=UNIQUE, nulls_distinct=False, name="verdict_once_a_version"),
                ),
            ],
            database_operations=[
                RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY verdict_once_a_version ON scanning_scanverdict"
                    " (upload_id, copy_id, engine, engine_version, signature_version) NULLS NOT DISTINCT",
                    RunSQL.noop,
                ),
                RunSQL(
                    "ALTER TABLE scanning_scanverdict"
                    " ADD CONSTRAINT verdict_once_a_version UNIQUE USING INDEX verdict_once_a_version",
                    "ALTER TABLE scanning_scanverdict DROP CONSTRAINT verdict_once_a_version",
                ),
                RunSQL(
                    "ALTER TABLE scanning_scanverdict DROP CONSTRAINT verdict_once_an_engine",
                    "ALTER TABLE scanning_scanverdict ADD CONSTRAINT verdict_once_an_engine UNIQUE (upload_id, engine)",
                ),
            ],
        ),
        migrations.AlterField(
            "scanverdict",
            "upload",
            models.ForeignKey(
                "storage.Upload", on_delete=django.db.models.deletion.PROTECT, null=True, related_name="+"
            ),
        ),
        AddConstraintNotValid("scanverdict", models.CheckConstraint(condition=ONE_FILE, name="verdict_of_one_file")),
        ValidateConstraint("scanverdict", "verdict_of_one_file"),
        migrations.RemoveConstraint("scanverdict", "verdict_outcome_is_known"),
        AddConstraintNotValid(
            "scanverdict",
            models.CheckConstraint(
                condition=Q(outcome__in=["clean", "rejected", "held"]), name="verdict_outcome_is_one_of_three"
            ),
        ),
        ValidateConstraint("scanverdict", "verdict_outcome_is_one_of_three"),
        migrations.CreateModel(
            "Hold",
            [
                (
                    "id",
                    models.UUIDField(
                        default=kernel.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("file_id", models.UUIDField()),
                ("is_lock", models.BooleanField(default=False)),
                ("sha256", models.CharField(max_length=64)),
                ("codes", models.JSONField(default=list)),
                ("held_at", models.DateTimeField(default=kernel.clock.now)),
                ("decision", models.CharField(blank=True, choices=DECISIONS, default="", max_length=8)),
                ("decided_by", models.CharField(blank=True, max_length=160)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "app",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.microapp"
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.tenant",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=Q(decision=""), fields=["tenant", "app", "-id"], name="hold_waiting"),
                    models.Index(fields=["tenant", "file_id"], name="hold_of_file"),
                ],
                "constraints": [
                    models.UniqueConstraint(condition=Q(decision=""), fields=["file_id"], name="hold_open_once_a_file"),
                    models.CheckConstraint(condition=DECIDED, name="hold_decided_by_somebody_for_a_reason"),
                ],
            },
        ),
        SecureTenantTable("scanning_hold"),
    ]
