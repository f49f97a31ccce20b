"""Keeps drafts, reviews and their findings, signatures and withdrawals."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.clock
import kernel.identifiers


class Migration(migrations.Migration):
    """Keeps drafts, reviews and their findings, signatures and withdrawals."""

    dependencies: ClassVar = [
        ("marketplace", "0002_row_level_security"),
        ("tenancy", "0002_row_level_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ReviewFinding",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("check", "A check"), ("model", "A language model")], editable=False, max_length=8
                    ),
                ),
                ("severity", models.CharField(editable=False, max_length=8)),
                ("code", models.CharField(editable=False, max_length=60)),
                ("pointer", models.CharField(editable=False, max_length=300)),
                ("evidence", models.CharField(editable=False, max_length=500)),
                ("words", models.CharField(editable=False, max_length=1000)),
                ("fix", models.JSONField(default=list, editable=False)),
                ("explanation", models.CharField(default="", max_length=2000)),
                ("explained_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="TemplateDraft",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("content", models.JSONField()),
                (
                    "origin",
                    models.CharField(
                        choices=[("app", "An app"), ("form", "A form"), ("yaml", "YAML")], editable=False, max_length=8
                    ),
                ),
                ("created_at", models.DateTimeField(default=kernel.clock.now, editable=False)),
                ("changed_at", models.DateTimeField(default=kernel.clock.now)),
            ],
        ),
        migrations.AddField(
            model_name="template",
            name="owner_tenant",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="templateversion",
            name="signature",
            field=models.CharField(default="", editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name="templateversion",
            name="withdrawn_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="templateversion",
            name="withdrawn_reason",
            field=models.CharField(default="", editable=False, max_length=300),
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("draft", models.UUIDField(editable=False)),
                ("tenant", models.UUIDField(db_index=True, editable=False)),
                ("content", models.JSONField(editable=False)),
                ("digest", models.CharField(editable=False, max_length=71)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for the machine"),
                            ("failed", "The machine could not look at it"),
                            ("analysed", "Waiting for a person"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("superseded", "Handed in anew"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                ("requested_at", models.DateTimeField(default=kernel.clock.now, editable=False)),
                ("analysed_at", models.DateTimeField(null=True)),
                ("risk_score", models.PositiveSmallIntegerField(null=True)),
                ("risk_words", models.JSONField(default=list)),
                ("checklist", models.JSONField(default=list)),
                ("failure", models.CharField(default="", max_length=300)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision_reason", models.CharField(default="", max_length=2000)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="templateversion",
            name="review",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="published",
                to="marketplace.review",
            ),
        ),
        migrations.AddConstraint(
            model_name="templateversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at", None), models.Q(("withdrawn_reason", ""), _negated=True), _connector="OR"
                ),
                name="template_version_withdrawn_for_a_reason",
            ),
        ),
        migrations.AddField(
            model_name="reviewfinding",
            name="explained_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="reviewfinding",
            name="review",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="findings",
                to="marketplace.review",
            ),
        ),
        migrations.AddField(
            model_name="templatedraft",
            name="created_by",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="templatedraft",
            name="tenant",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.tenant"
            ),
        ),
        migrations.AddField(
            model_name="templatedraft",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.workspace"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "failed", "analysed", "approved", "declined", "superseded"])
                ),
                name="review_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("digest__startswith", "sha256:")), name="review_has_digest"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("requested_by")), _negated=True),
                    _connector="OR",
                ),
                name="review_is_not_ones_own",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["approved", "declined"]), _negated=True),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        models.Q(("decision_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="review_is_decided_by_someone_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["analysed", "approved"]), _negated=True),
                    models.Q(("analysed_at__isnull", False), ("risk_score__isnull", False)),
                    _connector="OR",
                ),
                name="review_is_approved_after_analysis",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["waiting", "failed", "analysed"])),
                fields=("draft",),
                name="review_is_open_once_a_draft",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewfinding",
            constraint=models.CheckConstraint(
                condition=models.Q(("severity__in", ["info", "low", "medium", "high"])),
                name="finding_severity_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewfinding",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", "check"), ("fix", []), _connector="OR"),
                name="finding_of_a_model_has_no_fix",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewfinding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("explanation", ""),
                    models.Q(("explained_at__isnull", False), ("explained_by__isnull", False)),
                    _connector="OR",
                ),
                name="finding_is_explained_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="templatedraft",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin__in", ["app", "form", "yaml"])), name="draft_origin_is_known"
            ),
        ),
    ]
