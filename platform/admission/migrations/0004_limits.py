"""Makes costs and rates data: what the platform owner decided, and emergency limits of templates."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

import kernel.clock
import kernel.identifiers
from audit.appendonly import AppendOnly


class Migration(migrations.Migration):
    """Makes costs and rates data: what the platform owner decided, and emergency limits of templates."""

    dependencies: ClassVar = [("admission", "0003_newly_written")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="LimitsRevision",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("document", models.JSONField()),
                ("set_at", models.DateTimeField(default=kernel.clock.now)),
                ("actor", models.CharField(max_length=160)),
                ("reason", models.CharField(max_length=300)),
            ],
            options={"get_latest_by": ("set_at", "id")},
        ),
        migrations.CreateModel(
            name="TemplateLimit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("slug", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[("read", "read"), ("write", "write"), ("finish", "finish"), ("token", "token")],
                        max_length=8,
                    ),
                ),
                ("per_minute", models.PositiveIntegerField(null=True)),
                ("burst", models.PositiveIntegerField(default=1)),
                ("until", models.DateTimeField()),
                ("set_at", models.DateTimeField(default=kernel.clock.now)),
                ("actor", models.CharField(max_length=160)),
                ("reason", models.CharField(max_length=300)),
            ],
            options={
                "indexes": [models.Index(fields=["until"], name="template_limit_in_force")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("kind__in", ["", "read", "write", "finish", "token"])),
                        name="template_limit_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("per_minute", None), ("per_minute__gte", 1), _connector="OR"), ("burst__gte", 1)
                        ),
                        name="template_limit_lets_something_in",
                    ),
                ],
            },
        ),
        migrations.AddIndex("revocation", models.Index(fields=["level", "subject"], name="revocation_of_subject")),
        AppendOnly("admission_limitsrevision"),
        AppendOnly("admission_templatelimit"),
    ]
