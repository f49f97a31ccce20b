"""Keeps how long an app's files stay, and the legal holds that nothing deletes under."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import kernel.clock
import kernel.identifiers
from tenancy.rowsecurity import SecureTenantTable


class Migration(migrations.Migration):
    """Keeps how long an app's files stay, and the legal holds that nothing deletes under."""

    dependencies: ClassVar = [
        ("storage", "0002_row_level_security"),
        ("tenancy", "0002_row_level_security"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Keeping",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "delete_after_days",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="delete after days"),
                ),
                ("minimum_days", models.PositiveIntegerField(default=0, editable=False)),
                ("longest_days", models.PositiveIntegerField(editable=False, null=True)),
                ("label", models.CharField(blank=True, editable=False, max_length=100)),
                (
                    "app",
                    models.OneToOneField(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keeping",
                        to="tenancy.microapp",
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
                "verbose_name_plural": "keeping",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("delete_after_days", None),
                            ("delete_after_days__gte", models.F("minimum_days")),
                            _connector="OR",
                        ),
                        name="keeping_not_under_retention",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("longest_days", None),
                            models.Q(
                                ("delete_after_days__isnull", False),
                                ("delete_after_days__lte", models.F("longest_days")),
                            ),
                            _connector="OR",
                        ),
                        name="keeping_not_over_template",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("file_id", models.UUIDField(null=True)),
                ("reason", models.CharField(max_length=300)),
                ("placed_by", models.CharField(max_length=160)),
                ("placed_at", models.DateTimeField(default=kernel.clock.now)),
                ("lifted_by", models.CharField(blank=True, max_length=160)),
                ("lifted_at", models.DateTimeField(null=True)),
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
                    models.Index(
                        condition=models.Q(("lifted_at", None)), fields=["tenant", "app"], name="legal_hold_standing"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at", None), ("lifted_by", "")),
                            models.Q(("lifted_at__isnull", False), models.Q(("lifted_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="legal_hold_lifted_by_somebody",
                    )
                ],
            },
        ),
        SecureTenantTable("storage_keeping"),
        SecureTenantTable("storage_legalhold"),
    ]
