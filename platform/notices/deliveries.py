"""Sending what waits in the outbox, at least once, and writing down how it went.

Sending happens outside any transaction: a slow receiver holds no lock and no row.
"""

import datetime as dt
import secrets
import time
import uuid
from collections.abc import Mapping

import structlog
from django.db.models import QuerySet

from kernel import clock
from notices.channels.port import Channel, Later, Message, Nobody, UndeliverableError
from notices.channels.registry import CHANNELS
from notices.claims import claim, due
from notices.endpoints import host_of
from notices.kinds import Kind
from notices.models import Delivery, WebhookEndpoint
from notices.outbox import tell
from notices.retries import MAX_ATTEMPTS, rest_after, wait_after
from policy.sentences import Sentence
from tenancy.scoping import tenant_scope

TURN_SECONDS = 20.0
"""How long one tenant keeps a worker before others have their turn."""

_log = structlog.get_logger(__name__)
_TOO_LONG = Sentence("It could not be delivered for three days.").words
_OUTCOME = Later | Nobody | UndeliverableError | None


def deliver_due(
    tenant_id: uuid.UUID, now: dt.datetime | None = None, channels: Mapping[str, Channel] = CHANNELS
) -> bool:
    """Send what is due to this tenant's people and endpoints; whether its turn ended before its work did."""
    ends = time.monotonic() + TURN_SECONDS
    while time.monotonic() < ends:
        moment = now or clock.now()
        with tenant_scope(tenant_id):
            message = claim(moment)
        if message is None:
            return False
        outcome = _attempt(tenant_id, message, channels[message.first.channel], moment)
        with tenant_scope(tenant_id):
            _write_down(message, outcome, moment)
    return True


def has_due(tenant_id: uuid.UUID, now: dt.datetime | None = None) -> bool:
    """Whether there is anything to send."""
    with tenant_scope(tenant_id):
        return due(now or clock.now()).exists()


def give_up_old(tenant_id: uuid.UUID, now: dt.datetime | None = None) -> int:
    """Give up what was tried for three days, which only an endpoint that is down or off can bring about; how many."""
    moment = now or clock.now()
    with tenant_scope(tenant_id):
        old = Delivery.objects.filter(state=Delivery.State.WAITING, give_up_at__lte=moment, due_at__lte=moment)
        given_up: int = old.update(state=Delivery.State.DEAD, last_error=_TOO_LONG)
    return given_up


def _attempt(tenant_id: uuid.UUID, message: Message, channel: Channel, now: dt.datetime) -> _OUTCOME:
    """None for a message that arrived."""
    if message.first.attempts > MAX_ATTEMPTS:
        return UndeliverableError("Every worker that tried to send it was stopped.", is_final=True)
    try:
        with tenant_scope(tenant_id):
            composed = channel.compose(message, now)
        if isinstance(composed, Later | Nobody):
            return composed
        composed.send()
    except UndeliverableError as failure:
        return failure
    return None


def _write_down(message: Message, outcome: _OUTCOME, now: dt.datetime) -> None:
    match outcome:
        case None:
            _arrived(message, now)
        case Later(at):
            _still_ours(message).update(due_at=at, attempts=message.first.attempts - 1)
        case Nobody(reason):
            _still_ours(message).update(state=Delivery.State.DROPPED, last_error=reason)
        case UndeliverableError() as failure:
            _failed(message, failure, now)


def _arrived(message: Message, now: dt.datetime) -> None:
    rows = Delivery.objects.filter(pk__in=_keys(message), state=Delivery.State.WAITING)
    rows.update(state=Delivery.State.DELIVERED, delivered_at=now, last_error="")
    if message.first.endpoint_id:
        ill = WebhookEndpoint.objects.filter(pk=message.first.endpoint_id).exclude(failures=0, failing_since=None)
        ill.update(failures=0, resting_until=None, failing_since=None)


def _failed(message: Message, failure: UndeliverableError, now: dt.datetime) -> None:
    reason, attempts, jitter = str(failure)[:300], message.first.attempts, secrets.randbelow(1000) / 1000
    _log.warning("notice_not_delivered", message=str(message.id), attempts=attempts, reason=reason)
    is_dead = failure.is_final or attempts >= MAX_ATTEMPTS or message.first.give_up_at <= now
    if is_dead:
        _still_ours(message).update(state=Delivery.State.DEAD, last_error=reason)
    else:
        _still_ours(message).update(due_at=now + wait_after(attempts, jitter), last_error=reason)
    if message.first.endpoint_id:
        _let_rest(message.first.target, now, jitter, is_gone=failure.is_gone)
        if is_dead:
            _tell_owners(message.first, reason, now)


def _let_rest(endpoint: WebhookEndpoint, now: dt.datetime, jitter: float, *, is_gone: bool) -> None:
    row = WebhookEndpoint.objects.select_for_update().filter(pk=endpoint.pk).first()
    if row is None:
        return
    row.failures += 1
    row.resting_until = now + rest_after(row.failures, jitter)
    row.disabled_at = row.disabled_at or (now if is_gone else None)
    row.save(update_fields=["failures", "resting_until", "disabled_at"])


def _tell_owners(delivery: Delivery, reason: str, now: dt.datetime) -> None:
    """Once, until the endpoint takes something again; a test that fails is told on the page where it was asked for."""
    endpoint, was_test = delivery.target, delivery.notice.kind == Kind.WEBHOOK_TEST
    well = WebhookEndpoint.objects.filter(pk=endpoint.pk, failing_since=None)
    if was_test or not well.update(failing_since=now):
        return
    tell(
        Kind.WEBHOOK_FAILING,
        workspace=endpoint.workspace,
        key=f"{endpoint.pk}:{now.isoformat()}",
        now=now,
        facts={"host": host_of(endpoint), "endpoint": str(endpoint.pk), "reason": reason},
    )


def _still_ours(message: Message) -> "QuerySet[Delivery]":
    """The rows, unless the lease ran out and another worker counted an attempt of its own."""
    rows: QuerySet[Delivery] = Delivery.objects.filter(
        pk__in=_keys(message), state=Delivery.State.WAITING, attempts=message.first.attempts
    )
    return rows


def _keys(message: Message) -> list[uuid.UUID]:
    return [delivery.pk for delivery in message.deliveries]
