"""A workspace's webhooks: added, turned off and on, tested, removed, and what they missed sent again; on the record."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.errors import NAME_TAKEN, Problem
from kernel.identifiers import new_id
from notices.kinds import Kind
from notices.models import Delivery, WebhookEndpoint, new_deadline
from notices.outbox import tell_endpoint, wake
from notices.sealing import new_secret, seal
from tenancy.models import Workspace
from tenancy.principals import Principal

MAX_ENDPOINTS = 10
AT_ONCE = 500
"""How many deliveries one press of a button takes up again."""


class TooManyEndpointsError(RuntimeError):
    """The workspace has as many as it may have."""


def add(workspace: Workspace, url: str, kinds: Collection[Kind], *, actor: Principal) -> tuple[WebhookEndpoint, str]:
    """The new endpoint and its secret, which nobody can be shown again.

    Raises TooManyEndpointsError, and Problem NAME_TAKEN where the workspace has this address already.
    """
    Workspace.objects.select_for_update().get(pk=workspace.pk)  # two at once are counted one after the other
    there = WebhookEndpoint.objects.filter(workspace=workspace)
    if there.filter(url=url).exists():
        raise Problem(NAME_TAKEN, name=url)
    if there.count() >= MAX_ENDPOINTS:
        words = _("A workspace has at most %(most)s webhooks. Remove one first.")
        raise TooManyEndpointsError(words % {"most": MAX_ENDPOINTS})
    secret, endpoint_id = new_secret(), new_id()
    endpoint: WebhookEndpoint = WebhookEndpoint.objects.create(
        id=endpoint_id,
        tenant_id=workspace.tenant_id,
        workspace=workspace,
        url=url,
        kinds=sorted(kind.value for kind in kinds),
        sealed_secret=seal(secret, endpoint_id),
    )
    _record(AuditAction.WEBHOOK_ADDED, endpoint, actor, kinds=endpoint.kinds)
    return endpoint, secret


def turn_off(endpoint: WebhookEndpoint, *, actor: Principal) -> None:
    """Send it nothing more; what waits, waits. Idempotent."""
    if _rows(endpoint, disabled_at=None).update(disabled_at=clock.now()):
        _record(AuditAction.WEBHOOK_CHANGED, endpoint, actor, is_on=False)


def turn_on(endpoint: WebhookEndpoint, *, actor: Principal) -> None:
    """Send to it again, what waited included. Idempotent."""
    rested = {"disabled_at": None, "failures": 0, "resting_until": None, "failing_since": None}
    if _rows(endpoint, disabled_at__isnull=False).update(**rested):
        _record(AuditAction.WEBHOOK_CHANGED, endpoint, actor, is_on=True)
        wake(endpoint.tenant_id)


def change_kinds(endpoint: WebhookEndpoint, kinds: Collection[Kind], *, actor: Principal) -> None:
    """Choose anew what it is told of."""
    endpoint.kinds = sorted(kind.value for kind in kinds)
    endpoint.save(update_fields=["kinds"])
    _record(AuditAction.WEBHOOK_CHANGED, endpoint, actor, kinds=endpoint.kinds)


def remove(endpoint: WebhookEndpoint, *, actor: Principal) -> None:
    """Forget it, its secret and what it was sent."""
    _record(AuditAction.WEBHOOK_REMOVED, endpoint, actor)
    endpoint.delete()


def send_test(endpoint: WebhookEndpoint) -> Delivery:
    """Send it a message that asks for nothing."""
    return tell_endpoint(Kind.WEBHOOK_TEST, endpoint, key=f"test:{new_id()}", facts={"host": host_of(endpoint)})


def send_again(delivery: Delivery, *, actor: Principal) -> bool:
    """Take one delivery up that was given up; whether it was. Its message id stays, so a receiver can tell."""
    dead = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.DEAD)
    was_dead = dead.update(
        state=Delivery.State.WAITING, attempts=0, due_at=clock.now(), give_up_at=new_deadline(), last_error=""
    )
    if was_dead:
        WebhookEndpoint.objects.filter(pk=delivery.endpoint_id).update(resting_until=None)
        record(
            AuditAction.NOTICE_SENT_AGAIN,
            actor=actor,
            subject=f"delivery:{delivery.pk}",
            channel=delivery.channel,
            kind=delivery.notice.kind,
        )
        wake(delivery.tenant_id)
    return bool(was_dead)


def send_all_again(endpoint: WebhookEndpoint, *, actor: Principal) -> int:
    """Take up what this endpoint missed, the oldest first and at most 500; how many that were."""
    missed = sent_to(endpoint).filter(state=Delivery.State.DEAD).order_by("pk")[:AT_ONCE]
    return sum(send_again(delivery, actor=actor) for delivery in missed)


def host_of(endpoint: WebhookEndpoint) -> str:
    """The endpoint's name for people: an address may hold a path that is nobody's business."""
    return urlsplit(endpoint.url).hostname or endpoint.url


def sent_to(endpoint: WebhookEndpoint) -> "QuerySet[Delivery]":
    """Everything that it was to be sent."""
    rows: QuerySet[Delivery] = Delivery.objects.filter(endpoint=endpoint)
    return rows.select_related("notice__app", "notice__workspace")


def missed_by(endpoint: WebhookEndpoint) -> int:
    """How many notices it was never given."""
    return sent_to(endpoint).filter(state=Delivery.State.DEAD).count()


def _rows(endpoint: WebhookEndpoint, **state: Any) -> "QuerySet[WebhookEndpoint]":
    rows: QuerySet[WebhookEndpoint] = WebhookEndpoint.objects.filter(pk=endpoint.pk, **state)
    return rows


def _record(action: AuditAction, endpoint: WebhookEndpoint, actor: Principal, **detail: Any) -> None:
    record(action, actor=actor, subject=f"webhook:{endpoint.pk}", host=host_of(endpoint), **detail)
