"""What was stopped, and how long tokens may live: the durable truth that Redis is filled from.

Outside row-level security: the gate fills Redis with every tenant's stops at once. The rows hold ids and reasons.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kernel import clock
from kernel.identifiers import new_id


class Level(models.TextChoices):
    """How much one revocation stops."""

    TOKEN = "token", "one token and what was derived from it"
    FAMILY = "family", "a chain of tokens"
    USER = "user", "one person in one tenant"
    APP = "app", "an app"
    TEMPLATE = "template", "a template"
    TENANT = "tenant", "a tenant"
    EVERYTHING = "everything", "everything"


class Revocation(models.Model):
    """From `not_before` on, tokens of the subject that were issued until then are dead. Never changed or removed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    level = models.CharField(max_length=10, choices=Level.choices)
    subject = models.CharField(max_length=240, blank=True)
    tenant_id = models.UUIDField(null=True)
    not_before = models.DateTimeField()
    keep_until = models.DateTimeField()
    revoked_at = models.DateTimeField(default=clock.now)
    actor = models.CharField(max_length=160)
    reason = models.CharField(max_length=300)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(level__in=Level.values), name="revocation_level_is_known"),
            models.CheckConstraint(
                condition=Q(level="everything", subject="") | (~Q(level="everything") & ~Q(subject="")),
                name="revocation_names_its_subject",
            ),
        ]
        indexes: ClassVar = [
            # The gate reads those that can still meet a living token, a small part of all that ever were.
            models.Index(fields=["keep_until"], name="revocation_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.subject}"


class LifeLimit(models.Model):
    """The longest life of any token, in seconds, from one decision to the next; the newest row holds."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seconds = models.PositiveIntegerField(null=True)
    ends_at = models.DateTimeField(null=True)
    set_at = models.DateTimeField(default=clock.now)
    actor = models.CharField(max_length=160)
    reason = models.CharField(max_length=300)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(seconds=None) | Q(seconds__gte=30), name="life_limit_is_workable"),
        ]

    def __str__(self) -> str:
        return "none" if self.seconds is None else f"{self.seconds} s"
