"""Tokens that were issued, and consents that were given. No token's value is ever stored."""

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from kernel import clock
from tenancy.models import MicroApp, TenantModel, UUIDField


class ScopedToken(TenantModel):
    """One issued token; its id is the token's `jti`. The value is kept only as a hash."""

    app = models.ForeignKey(MicroApp, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=160)
    family = UUIDField()
    actions = ArrayField(models.CharField(max_length=32))
    prefix = models.CharField(max_length=1000, blank=True)
    template = models.CharField(max_length=100)
    value_hash = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["tenant", "app", "-id"], name="token_newest_of_app")]

    def __str__(self) -> str:
        return f"{self.subject} until {self.expires_at:%H:%M:%S}"

    @property
    def lives(self) -> dt.timedelta:
        """Its whole lifetime."""
        return self.expires_at - self.issued_at


class Consent(TenantModel):
    """One person agreed to one surface of one app in one version of its words."""

    app = models.ForeignKey(MicroApp, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    surface = models.CharField(max_length=40)
    version = models.CharField(max_length=80)
    given_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("app", "user", "surface", "version", name="consent_once_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.surface} {self.version[:14]}"
