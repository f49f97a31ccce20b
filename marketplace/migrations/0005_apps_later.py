"""Keeps apps in the making, changes of their versions, and requests to their owners."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.clock
import kernel.identifiers
from tenancy.rowsecurity import SecureTenantTable


class Migration(migrations.Migration):
    """Keeps apps in the making, changes of their versions, and requests to their owners."""

    dependencies: ClassVar = [
        ("marketplace", "0004_reviews_rowsecurity"),
        ("tenancy", "0002_row_level_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="installation",
            name="options",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.CreateModel(
            name="AppRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("space", "More space"),
                            ("files", "More files"),
                            ("kept_days", "How long files stay"),
                            ("permission", "Another permission"),
                        ],
                        editable=False,
                        max_length=12,
                    ),
                ),
                ("wanted", models.JSONField(editable=False)),
                ("before", models.JSONField(editable=False, null=True)),
                ("reason", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for an owner"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("withdrawn", "Taken back"),
                        ],
                        default="waiting",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField(default=kernel.clock.now, editable=False)),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                ("answer", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "app",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.microapp",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "verbose_name": "request",
                "indexes": [models.Index(fields=["tenant", "app", "-id"], name="request_newest_of_app")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("app", "kind"),
                        name="request_waits_once_a_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["space", "files", "kept_days", "permission"])),
                        name="request_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", None), ("state", "waiting")),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("state__in", ["approved", "declined", "withdrawn"]),
                            ),
                            _connector="OR",
                        ),
                        name="request_decided_by_someone",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Setup",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("slug", models.CharField(max_length=80, unique=True)),
                ("key", models.UUIDField()),
                ("choices", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "Being set up"), ("failed", "Stopped"), ("done", "Ready")],
                        default="running",
                        max_length=8,
                    ),
                ),
                ("steps_done", models.PositiveSmallIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(default=kernel.clock.now)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "app",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="tenancy.microapp"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
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
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="marketplace.templateversion"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.workspace"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("created_by"), models.F("key"), name="setup_once_a_form"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["running", "failed", "done"])), name="setup_state_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "failed"), _negated=True),
                            models.Q(("problem", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="setup_failed_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True), ("finished_at__isnull", False), _connector="OR"
                        ),
                        name="setup_done_at_a_moment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VersionChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("permissions_before", models.JSONField(default=list)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("upgrade", "Updated"),
                            ("rollback", "Taken back"),
                            ("emergency", "Updated by the platform team, for safety"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("made_by", models.CharField(max_length=160)),
                ("made_at", models.DateTimeField(default=kernel.clock.now)),
                (
                    "after",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="marketplace.templateversion"
                    ),
                ),
                (
                    "app",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.microapp"
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="marketplace.templateversion"
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
                "indexes": [models.Index(fields=["tenant", "app", "-id"], name="version_change_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["upgrade", "rollback", "emergency"])),
                        name="version_change_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "emergency"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="version_change_in_emergency_for_a_reason",
                    ),
                ],
            },
        ),
        *(SecureTenantTable(f"marketplace_{name}") for name in ("apprequest", "setup", "versionchange")),
    ]
