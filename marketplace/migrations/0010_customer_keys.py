"""Keeps the keys that customers hold, by the names that storage knows them by."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import kernel.clock
import kernel.identifiers
from tenancy.rowsecurity import SecureTenantTable


class Migration(migrations.Migration):
    """Keeps the keys that customers hold, by the names that storage knows them by."""

    dependencies: ClassVar = [("marketplace", "0009_gallery"), ("tenancy", "0002_row_level_security")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="CustomerKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=512, unique=True)),
                ("added_by", models.CharField(max_length=160)),
                ("used_since", models.DateTimeField(default=kernel.clock.now)),
                ("used_until", models.DateTimeField(null=True)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.workspace"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("used_until", None)), fields=("workspace",), name="customer_key_one_in_use"
                    )
                ],
            },
        ),
        SecureTenantTable("marketplace_customerkey"),
    ]
