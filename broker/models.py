"""Tokens that were issued, consents that were given, secrets and keys. No token's and no secret's value is stored."""

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kernel import clock
from tenancy.models import MicroApp, TenantModel, UUIDField, Workspace
from tenancy.roles import Role


class ScopedToken(TenantModel):
    """One issued token; its id is the token's `jti`. The value is kept only as a hash.

    `ancestors` are the tokens that it was derived from, the nearest last; all of one chain share the family. A stop
    that reaches back before `epoch` isn't meant for it: clocks differ, so stops reach some seconds ahead.
    """

    app = models.ForeignKey(MicroApp, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=160)
    actor = models.CharField(max_length=160, blank=True)
    family = UUIDField()
    ancestors = ArrayField(UUIDField(), default=list)
    actions = ArrayField(models.CharField(max_length=32))
    prefix = models.CharField(max_length=1000, blank=True)
    template = models.CharField(max_length=100)
    value_hash = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(default=clock.now)
    epoch = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["tenant", "app", "-id"], name="token_newest_of_app"),
            # An app's keys are its tokens that still live, a small part of all that ever were.
            models.Index(fields=["tenant", "app", "expires_at"], name="token_living_of_app"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} until {self.expires_at:%H:%M:%S}"

    @property
    def lives(self) -> dt.timedelta:
        """Its whole lifetime."""
        return self.expires_at - self.issued_at


class Consent(TenantModel):
    """A receipt: one person agreed to one surface of one app in one version of its words, until withdrawn."""

    app = models.ForeignKey(MicroApp, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    surface = models.CharField(max_length=40)
    version = models.CharField(max_length=80)
    words = models.JSONField(default=list)
    given_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "app", "user", "surface", "version", condition=Q(withdrawn_at=None), name="consent_once_a_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.surface} {self.version[:14]}"


class ClientSecret(TenantModel):
    """What a server app proves itself with: generated, high in entropy, kept as one SHA-256, shown once."""

    app = models.ForeignKey(MicroApp, on_delete=models.PROTECT, related_name="+")
    value_hash = models.CharField(max_length=64, unique=True)
    ending = models.CharField(max_length=4)
    made_by = models.CharField(max_length=160)
    made_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["tenant", "app"], name="client_secret_of_app")]

    def __str__(self) -> str:
        return f"…{self.ending}"


class TrustedIssuer(TenantModel):
    """Another sign-in service whose people may use a workspace's apps (RFC 8693 with RFC 7523's assertions).

    Its keys stand at an address or are pasted, never both. Its people act in one role. Where it says that it asks
    them for consent itself, ours is not asked for again.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    issuer = models.CharField(max_length=300)
    audience = models.CharField(max_length=300)
    keys_url = models.URLField(max_length=500, blank=True)
    keys = models.JSONField(null=True, blank=True)
    role = models.CharField(max_length=16, choices=[(Role.MEMBER, "Member"), (Role.BUILDER, "Builder")])
    asks_consent = models.BooleanField(default=False)
    added_by = models.CharField(max_length=160)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("workspace", "issuer", name="issuer_once_a_workspace"),
            models.CheckConstraint(
                condition=Q(keys_url="", keys__isnull=False) | (~Q(keys_url="") & Q(keys__isnull=True)),
                name="issuer_keys_from_one_place",
            ),
            models.CheckConstraint(condition=Q(role__in=["member", "builder"]), name="issuer_role_is_modest"),
        ]

    def __str__(self) -> str:
        return self.issuer


class AppOrigin(models.Model):
    """A website whose pages may use an app from people's browsers.

    Outside row-level security: a browser asks before it sends the token that would tell the tenant. Origins are public.
    """

    origin = models.CharField(max_length=300)
    app_id = UUIDField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("origin", "app_id", name="origin_once_an_app")]

    def __str__(self) -> str:
        return self.origin


class SpentCode(models.Model):
    """An authorization code that was used, to know it again: a second use revokes what the first one gave.

    Outside row-level security: it holds hashes, and a code must be known before a tenant is.
    """

    code_hash = models.CharField(max_length=64, primary_key=True)
    family = UUIDField(null=True)
    client_id = models.CharField(max_length=100)
    spent_at = models.DateTimeField(default=clock.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.client_id} at {self.spent_at:%H:%M:%S}"


class SigningKey(models.Model):
    """One key of the ring, by its thumbprint (RFC 7638): the platform's, so outside any tenant.

    The private half is sealed under BROKER_SIGNING_KEY; that key itself may stand here without one, to be retired.
    """

    kid = models.CharField(max_length=64, primary_key=True)
    public_pem = models.TextField()
    sealed_private_pem = models.BinaryField(null=True)
    signs_from = models.DateTimeField()
    retires_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(default=clock.now)
    reason = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.kid
