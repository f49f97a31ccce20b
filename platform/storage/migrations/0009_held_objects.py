"""Notes what storage holds under legal holds, and whom each hold binds; of the tables only that of holds changes."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import kernel.identifiers
from tenancy.rowsecurity import SecureTenantTable

BINDINGS = [
    ("pending", "being bound in storage"),
    ("bound", "bound in storage"),
    ("alone", "binds Gatehouse only"),
]


class Migration(migrations.Migration):
    """Notes what storage holds under legal holds, and whom each hold binds."""

    dependencies: ClassVar = [("storage", "0008_encryption_key"), ("tenancy", "0003_workspace_kind")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="HeldObject",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("file_id", models.UUIDField()),
                ("bound_at", models.DateTimeField(null=True)),
                ("claimed_until", models.DateTimeField(null=True)),
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
                "constraints": [models.UniqueConstraint(fields=["tenant", "file_id"], name="held_object_once")],
            },
        ),
        SecureTenantTable("storage_heldobject"),
        migrations.AddField(
            model_name="legalhold",
            name="binding",
            field=models.CharField(choices=BINDINGS, db_default="pending", default="pending", max_length=7),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(("binding__in", ["pending", "bound", "alone"])),
                name="legal_hold_binding_is_known",
            ),
        ),
    ]
