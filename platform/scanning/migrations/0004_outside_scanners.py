"""Lets workspaces have scanners of their own."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import kernel.clock
import kernel.identifiers
from tenancy.rowsecurity import SecureTenantTable


class Migration(migrations.Migration):
    """Lets workspaces have scanners of their own."""

    dependencies: ClassVar = [("scanning", "0003_holds"), ("tenancy", "0003_workspace_kind")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="OutsideScanner",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=30)),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                ("sealed_secret", models.BinaryField()),
                ("is_asked_always", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=kernel.clock.now, editable=False)),
                ("disabled_at", models.DateTimeField(editable=False, null=True, verbose_name="off since")),
                ("answered_at", models.DateTimeField(editable=False, null=True)),
                ("failing_since", models.DateTimeField(editable=False, null=True)),
                ("last_error", models.CharField(blank=True, editable=False, max_length=300)),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.tenant",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.workspace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("workspace"), models.F("name"), name="scanner_name_once_a_workspace"
                    ),
                    models.UniqueConstraint(
                        models.F("workspace"), models.F("url"), name="scanner_url_once_a_workspace"
                    ),
                ],
            },
        ),
        SecureTenantTable("scanning_outsidescanner"),
    ]
