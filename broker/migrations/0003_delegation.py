"""Keeps chains of tokens, receipts, servers' secrets, trusted issuers, spent codes and the key ring."""

from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.clock
import kernel.identifiers
from tenancy.rowsecurity import SecureTenantTable


class Migration(migrations.Migration):
    """Keeps chains of tokens, receipts, servers' secrets, trusted issuers, spent codes and the key ring."""

    dependencies: ClassVar = [
        ("broker", "0002_row_level_security"),
        ("tenancy", "0002_row_level_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ClientSecret",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("value_hash", models.CharField(max_length=64, unique=True)),
                ("ending", models.CharField(max_length=4)),
                ("made_by", models.CharField(max_length=160)),
                ("made_at", models.DateTimeField(default=kernel.clock.now)),
                ("ends_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                ("kid", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("public_pem", models.TextField()),
                ("sealed_private_pem", models.BinaryField(null=True)),
                ("signs_from", models.DateTimeField()),
                ("retires_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField(default=kernel.clock.now)),
                ("reason", models.CharField(max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="SpentCode",
            fields=[
                ("code_hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("family", models.UUIDField(null=True)),
                ("client_id", models.CharField(max_length=100)),
                ("spent_at", models.DateTimeField(db_index=True, default=kernel.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name="TrustedIssuer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("issuer", models.CharField(max_length=300)),
                ("audience", models.CharField(max_length=300)),
                ("keys_url", models.URLField(blank=True, max_length=500)),
                ("keys", models.JSONField(blank=True, null=True)),
                ("role", models.CharField(choices=[("member", "Member"), ("builder", "Builder")], max_length=16)),
                ("asks_consent", models.BooleanField(default=False)),
                ("added_by", models.CharField(max_length=160)),
                ("added_at", models.DateTimeField(default=kernel.clock.now)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="consent",
            name="consent_once_a_version",
        ),
        migrations.AddField(
            model_name="consent",
            name="withdrawn_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="consent",
            name="words",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="scopedtoken",
            name="actor",
            field=models.CharField(blank=True, max_length=160),
        ),
        migrations.AddField(
            model_name="scopedtoken",
            name="ancestors",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(
                models.F("app"),
                models.F("user"),
                models.F("surface"),
                models.F("version"),
                condition=models.Q(("withdrawn_at", None)),
                name="consent_once_a_version",
            ),
        ),
        migrations.AddField(
            model_name="clientsecret",
            name="app",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.microapp"
            ),
        ),
        migrations.AddField(
            model_name="clientsecret",
            name="tenant",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.tenant"
            ),
        ),
        migrations.AddField(
            model_name="trustedissuer",
            name="tenant",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.tenant"
            ),
        ),
        migrations.AddField(
            model_name="trustedissuer",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.workspace"
            ),
        ),
        migrations.AddIndex(
            model_name="clientsecret",
            index=models.Index(fields=["tenant", "app"], name="client_secret_of_app"),
        ),
        migrations.AddConstraint(
            model_name="trustedissuer",
            constraint=models.UniqueConstraint(
                models.F("workspace"), models.F("issuer"), name="issuer_once_a_workspace"
            ),
        ),
        migrations.AddConstraint(
            model_name="trustedissuer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("keys__isnull", False), ("keys_url", "")),
                    models.Q(models.Q(("keys_url", ""), _negated=True), ("keys__isnull", True)),
                    _connector="OR",
                ),
                name="issuer_keys_from_one_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="trustedissuer",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["member", "builder"])), name="issuer_role_is_modest"
            ),
        ),
        SecureTenantTable("broker_clientsecret"),
        SecureTenantTable("broker_trustedissuer"),
    ]
