"""Keeps what people said of files that anyone might open."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import kernel.clock
import kernel.identifiers
from tenancy.rowsecurity import SecureTenantTable


class Migration(migrations.Migration):
    """Keeps what people said of files that anyone might open."""

    dependencies: ClassVar = [
        ("marketplace", "0008_region_prices"),
        ("storage", "0001_initial"),
        ("tenancy", "0002_row_level_security"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Showing",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("is_shown", models.BooleanField()),
                ("decided_by", models.CharField(max_length=160)),
                ("decided_at", models.DateTimeField(default=kernel.clock.now)),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="showing", to="storage.storedfile"
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
            options={"abstract": False},
        ),
        SecureTenantTable("marketplace_showing"),
    ]
