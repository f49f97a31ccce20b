"""What was stopped and announced, and how long tokens may live: the durable truth that Redis is filled from.

Outside row-level security: the gate fills Redis with every tenant's rows at once. They hold ids and reasons, nothing
about people or files. `written_in` is the transaction's number: what was written by transactions that had not ended
when Redis was last filled is read again next time, however late and in whichever order they commit.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Cast

from admission.operations import Kind
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


def this_transaction() -> Cast:
    """The number of the transaction that runs, over the whole life of the PostgreSQL cluster."""
    number = Func(function="pg_current_xact_id", output_field=models.TextField())
    return Cast(Cast(number, models.TextField()), models.BigIntegerField())


class Revocation(models.Model):
    """From now on, tokens of the subject that were issued until `not_before` are dead. Never changed or removed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    level = models.CharField(max_length=10, choices=Level.choices)
    subject = models.CharField(max_length=240, blank=True)
    tenant_id = models.UUIDField(null=True)
    not_before = models.DateTimeField()
    keep_until = models.DateTimeField()
    revoked_at = models.DateTimeField(default=clock.now)
    actor = models.CharField(max_length=160)
    reason = models.CharField(max_length=300)
    written_in = models.BigIntegerField(db_default=this_transaction(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(level__in=Level.values), name="revocation_level_is_known"),
            models.CheckConstraint(
                condition=Q(level="everything", subject="") | (~Q(level="everything") & ~Q(subject="")),
                name="revocation_names_its_subject",
            ),
        ]
        indexes: ClassVar = [
            # A gate that finds Redis empty reads those that can still meet a living token, a small part of all.
            models.Index(fields=["keep_until"], name="revocation_in_force"),
            # Twice a second a gate reads the newest.
            models.Index(fields=["written_in"], name="revocation_newly_written"),
            # With Redis away, what frees space asks here whether its token lives.
            models.Index(fields=["level", "subject"], name="revocation_of_subject"),
            # Each revoker looks whether another one got ahead.
            models.Index(fields=["not_before"], name="revocation_furthest"),
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


class PolicyAnnouncement(models.Model):
    """The version of an app's policy that processes must hold at least."""

    app_id = models.UUIDField(primary_key=True, editable=False)
    version = models.PositiveBigIntegerField()
    written_in = models.BigIntegerField(db_default=this_transaction(), editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["written_in"], name="announcement_newly_written")]

    def __str__(self) -> str:
        return f"{self.app_id} at {self.version}"


class LimitsRevision(models.Model):
    """What the platform owner laid over the default costs and rates; the newest row holds. Never changed or removed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    document = models.JSONField()
    set_at = models.DateTimeField(default=clock.now)
    actor = models.CharField(max_length=160)
    reason = models.CharField(max_length=300)

    class Meta:
        get_latest_by = ("set_at", "id")

    def __str__(self) -> str:
        return f"{self.set_at:%Y-%m-%d %H:%M} {self.reason}"


class TemplateLimit(models.Model):
    """An emergency rate for all apps of a template together; the newest row of a slug holds, without a rate none does.

    `kind` is one kind of operation, or empty for all of them under one rate. Never changed or removed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, blank=True, choices=[(kind.value, kind.value) for kind in Kind])
    per_minute = models.PositiveIntegerField(null=True)
    burst = models.PositiveIntegerField(default=1)
    until = models.DateTimeField()
    set_at = models.DateTimeField(default=clock.now)
    actor = models.CharField(max_length=160)
    reason = models.CharField(max_length=300)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["", *Kind]), name="template_limit_kind_is_known"),
            models.CheckConstraint(
                condition=(Q(per_minute=None) | Q(per_minute__gte=1)) & Q(burst__gte=1),
                name="template_limit_lets_something_in",
            ),
        ]
        indexes: ClassVar = [
            # Processes read those that may still hold.
            models.Index(fields=["until"], name="template_limit_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.slug}: {self.per_minute or 'no limit'}"
