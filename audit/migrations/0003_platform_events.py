"""Keeps events that concern every tenant, and the vocabulary of events in code alone."""

from typing import ClassVar

from django.db import migrations, models

import kernel.clock
import kernel.identifiers
from audit.appendonly import AppendOnly


class Migration(migrations.Migration):
    """Keeps events that concern every tenant, and the vocabulary of events in code alone."""

    dependencies: ClassVar = [
        ("audit", "0002_append_only"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="PlatformEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField(default=kernel.clock.now, editable=False)),
                ("action", models.CharField(max_length=64)),
                ("actor", models.CharField(max_length=160)),
                ("subject", models.CharField(max_length=160)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("detail", models.JSONField(default=dict)),
            ],
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="action",
            field=models.CharField(max_length=64),
        ),
        AppendOnly("audit_platformevent"),
    ]
