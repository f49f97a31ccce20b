"""Notice, Delivery, WebhookEndpoint, NoticePreference, and what was told of each quota.

A Notice says that something happened. A Delivery is one notice on its way to one person or endpoint over one channel:
the outbox. Both are written in the transaction of what happened.
"""

import datetime as dt
import zoneinfo
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from kernel import clock
from notices.kinds import NOTICE_TYPES, Channel, Kind, NoticeType
from notices.timing import EmailMode, Rhythm
from quotas.models import Quota
from tenancy.models import MicroApp, TenantModel, Workspace

MAX_URL_CHARACTERS = 500
_RETRIED_FOR = dt.timedelta(days=3)


def new_deadline() -> dt.datetime:
    """Until when a delivery that begins now is tried."""
    return clock.now() + _RETRIED_FOR


class Notice(TenantModel):
    """Something that happened, as facts; its words are made when it is shown. `key` tells it once."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    app = models.ForeignKey(MicroApp, on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=160)
    facts = models.JSONField(default=dict)
    href = models.CharField(max_length=MAX_URL_CHARACTERS, blank=True)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("tenant", "kind", "key", name="notice_told_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def type(self) -> NoticeType:
        """Its row of the vocabulary."""
        return NOTICE_TYPES[Kind(self.kind)]

    @property
    def title(self) -> str:
        """The one line."""
        return self.type.title_for(self.facts)

    @property
    def words(self) -> str:
        """The sentences below it."""
        return self.type.words_for(self.facts)


class WebhookEndpoint(TenantModel):
    """An address of a workspace's own that is sent notices, signed with a secret that only it and we know."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+", editable=False)
    url = models.CharField("address", max_length=MAX_URL_CHARACTERS)
    kinds = ArrayField(models.CharField(max_length=40), verbose_name="told of", default=list)
    sealed_secret = models.BinaryField(editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    disabled_at = models.DateTimeField("off since", null=True, editable=False)
    failures = models.PositiveIntegerField("failures in a row", default=0, editable=False)
    resting_until = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("workspace", "url", name="webhook_url_once_a_workspace"),
            models.CheckConstraint(condition=Q(kinds__len__gt=0), name="webhook_is_told_of_something"),
        ]

    def __str__(self) -> str:
        return self.url


class Delivery(TenantModel):
    """One notice to one person or endpoint over one channel. What is in the app has arrived as soon as it is written.

    `message` is what receivers tell a repeated one by: it stays the same whatever happens. Those of a digest get one
    together when they are first sent; the others have their own.
    """

    class State(models.TextChoices):
        """How far it got. Dead: given up, an owner may send it again. Dropped: nobody is to be told any more."""

        WAITING = "waiting"
        DELIVERED = "delivered"
        DEAD = "dead", "Given up"
        DROPPED = "dropped", "Not needed any more"

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=8, choices=[(channel.value, channel.value) for channel in Channel])
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", null=True)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="+", null=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    in_digest = models.BooleanField(default=False)
    message = models.UUIDField(null=True)
    due_at = models.DateTimeField(default=clock.now)
    give_up_at = models.DateTimeField(default=new_deadline)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(channel__in=["in_app", "email", "webhook"]), name="delivery_channel_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "delivered", "dead", "dropped"]), name="delivery_state_is_known"
            ),
            models.CheckConstraint(
                condition=(
                    Q(channel="webhook", endpoint__isnull=False, user=None)
                    | Q(channel__in=["in_app", "email"], endpoint=None, user__isnull=False)
                ),
                name="delivery_has_one_receiver",
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", delivered_at__isnull=False)
                | (~Q(state="delivered") & Q(delivered_at=None)),
                name="delivery_time_if_delivered",
            ),
            models.CheckConstraint(condition=Q(read_at=None) | Q(channel="in_app"), name="delivery_read_in_app_only"),
            models.CheckConstraint(
                condition=Q(message__isnull=False) | Q(channel="email", in_digest=True),
                name="delivery_message_unless_in_digest",
            ),
            models.UniqueConstraint(
                fields=["notice", "channel", "user"], condition=Q(endpoint=None), name="delivery_once_a_person"
            ),
            models.UniqueConstraint(
                fields=["notice", "endpoint"], condition=Q(user=None), name="delivery_once_an_endpoint"
            ),
        ]
        indexes: ClassVar = [
            # A worker asks for what is due.
            models.Index(fields=["tenant", "due_at"], condition=Q(state="waiting"), name="delivery_due"),
            # The header counts what a person hasn't read.
            models.Index(
                fields=["tenant", "user"], condition=Q(channel="in_app", read_at=None), name="delivery_unread"
            ),
            # The inbox shows a person's newest; a key that is a UUIDv7 sorts by time.
            models.Index(fields=["tenant", "user", "-id"], condition=Q(channel="in_app"), name="delivery_inbox"),
            # A webhook's page shows its newest.
            models.Index(fields=["endpoint", "-id"], condition=Q(channel="webhook"), name="delivery_of_endpoint"),
        ]

    def __str__(self) -> str:
        return str(self.notice)

    @property
    def person(self) -> User:
        """The receiver of what isn't a webhook's. Raises ValueError for one."""
        if self.user is None:
            raise ValueError("A webhook's delivery has no person.")
        return self.user

    @property
    def target(self) -> WebhookEndpoint:
        """The receiver of what is a webhook's. Raises ValueError for a person's."""
        if self.endpoint is None:
            raise ValueError("A person's delivery has no endpoint.")
        return self.endpoint


class NoticePreference(TenantModel):
    """When one person wants e-mail. Someone without a row wants it at once; the inbox has everything anyway."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", editable=False)
    email = models.CharField(
        max_length=8,
        choices=[
            (EmailMode.AT_ONCE.value, "At once"),
            (EmailMode.DAILY.value, "Once a day, together"),
            (EmailMode.OFF.value, "Never"),
        ],
        default=EmailMode.AT_ONCE.value,
    )
    digest_at = models.TimeField(default=dt.time(8))
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("tenant", "user", name="preference_once_a_person"),
            models.CheckConstraint(
                condition=Q(email__in=["at_once", "daily", "off"]), name="preference_email_is_known"
            ),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | (Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until"))),
                name="preference_quiet_hours_have_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_email_display()}"

    @property
    def rhythm(self) -> Rhythm:
        """The wishes as a value."""
        quiet = (self.quiet_from, self.quiet_until) if self.quiet_from and self.quiet_until else None
        return Rhythm(EmailMode(self.email), self.digest_at, quiet, zoneinfo.ZoneInfo(self.time_zone))


class QuotaMark(TenantModel):
    """The highest threshold, in percent, that was told of a quota since its usage last fell below it.

    One for its space, and one for a month's requests.
    """

    quota = models.OneToOneField(Quota, on_delete=models.CASCADE, related_name="+")
    told = models.PositiveSmallIntegerField(default=0)
    requests_told = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(told__in=[0, 80, 95, 100]), name="quota_mark_is_a_threshold"),
            models.CheckConstraint(
                condition=Q(requests_told__in=[0, 80, 95, 100]), name="quota_mark_of_requests_is_a_threshold"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quota_id}: {self.told} %"
