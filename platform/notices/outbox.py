"""`tell` writes a notice and its deliveries in the transaction of what happened: neither is without the other.

Nothing is sent here. A worker takes deliveries from the table, at least once each; see `deliveries`.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from kernel import clock
from kernel.identifiers import new_id
from notices.inert import made_inert, one_line
from notices.kinds import NOTICE_TYPES, Channel, Kind
from notices.models import MAX_URL_CHARACTERS, Delivery, Notice, NoticePreference, WebhookEndpoint
from notices.recipients import people_told
from notices.timing import Due, Rhythm
from policy.sentences import Fact
from tenancy.models import Membership, MicroApp, Workspace
from tenancy.scoping import current_tenant

DELIVER = "notices.deliver"
"""The name of the task that takes deliveries from the outbox."""

_log = structlog.get_logger(__name__)


def tell(
    kind: Kind,
    *,
    workspace: Workspace,
    key: str,
    facts: Mapping[str, Fact],
    app: MicroApp | None = None,
    href: str = "",
    now: dt.datetime | None = None,
) -> Notice | None:
    """Tell everybody whom this kind is for. Must run in the tenant's scope, in the transaction of what happened.

    `key` names what is told: the same kind and key a second time tells nobody and returns None, so a task that runs
    twice may tell twice. `facts` fill the words; names that people gave are made harmless here. `href` leads the first
    button elsewhere: a page of this site, from its root. Raises ValueError for a fact that the words need and lack.
    """
    known = NOTICE_TYPES[kind]
    notice = _write(kind, workspace, app, key=key, href=href, facts=facts)
    if notice is None:
        return None
    moment = now or clock.now()
    made = [
        *_to_people(notice, people_told(known.audience, workspace.pk, app), known.channels, moment),
        *(_to_endpoints(notice, moment) if Channel.WEBHOOK in known.channels else []),
    ]
    Delivery.objects.bulk_create(made)
    if any(delivery.state == Delivery.State.WAITING and delivery.due_at <= moment for delivery in made):
        wake(workspace.tenant_id)
    return notice


def tell_endpoint(kind: Kind, endpoint: WebhookEndpoint, *, key: str, facts: Mapping[str, Fact]) -> Delivery:
    """Tell one endpoint alone, as a test does."""
    notice = _write(kind, endpoint.workspace, None, key=key, href="", facts=facts)
    if notice is None:
        raise ValueError("This was told already.")
    delivery: Delivery = _delivery(notice, Channel.WEBHOOK, Due(clock.now()), endpoint=endpoint)
    delivery.save(force_insert=True)
    wake(endpoint.tenant_id)
    return delivery


def wake(tenant_id: uuid.UUID) -> None:
    """Ask for a worker once this transaction has committed. Without a queue the scheduler's round finds the work."""
    transaction.on_commit(partial(_send_for_a_worker, tenant_id))


def _send_for_a_worker(tenant_id: uuid.UUID) -> None:
    try:
        current_app.send_task(DELIVER, [str(tenant_id)])
    except OperationalError:
        _log.warning("notices_not_queued", tenant=str(tenant_id))


def _write(
    kind: Kind, workspace: Workspace, app: MicroApp | None, *, key: str, href: str, facts: Mapping[str, Fact]
) -> Notice | None:
    """The new row, or None where this was told before, by whomever."""
    row = {
        "workspace": workspace,
        "app": app,
        "facts": _facts(kind, workspace, app, facts),
        "href": _own_page(href),
        "tenant_id": current_tenant(),
    }
    notice, is_new = Notice.objects.get_or_create(kind=kind.value, key=key, defaults=row)
    return notice if is_new else None


def _facts(kind: Kind, workspace: Workspace, app: MicroApp | None, facts: Mapping[str, Fact]) -> dict[str, Fact]:
    known: dict[str, Fact] = {"workspace": workspace.name, "workspace_slug": workspace.slug, **facts}
    if app is not None:
        known |= {"app": app.name, "app_slug": app.slug}
    if lacking := NOTICE_TYPES[kind].needs - known.keys():
        raise ValueError(f"{kind.value} can't be told without {', '.join(sorted(lacking))}.")
    return {name: made_inert(value, one_line) for name, value in known.items()}


def _own_page(href: str) -> str:
    """The address, if it is one of ours: `//` and a backslash lead browsers elsewhere."""
    is_own = href.isascii() and href.isprintable() and href.startswith("/") and href[1:2] not in {"/", "\\"}
    if href and not (is_own and len(href) <= MAX_URL_CHARACTERS):
        raise ValueError("A button leads to a page of this site, from its root.")
    return href


def _to_people(
    notice: Notice, people: list[Membership], channels: frozenset[Channel], now: dt.datetime
) -> list[Delivery]:
    rhythms = rhythms_of(member.user_id for member in people) if Channel.EMAIL in channels else {}
    made = []
    for member in people:
        if Channel.IN_APP in channels:
            made.append(_shown(notice, member, now))
        due = rhythms.get(member.user_id, Rhythm()).due(now, notice.type.severity)
        if Channel.EMAIL in channels and due is not None:
            made.append(_delivery(notice, Channel.EMAIL, due, user_id=member.user_id))
    return made


def _to_endpoints(notice: Notice, now: dt.datetime) -> list[Delivery]:
    listening = WebhookEndpoint.objects.filter(
        workspace_id=notice.workspace_id, disabled_at=None, kinds__contains=[notice.kind]
    )
    return [_delivery(notice, Channel.WEBHOOK, Due(now), endpoint=endpoint) for endpoint in listening]


def rhythms_of(user_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Rhythm]:
    """The wishes of those people who have stated any."""
    stated = NoticePreference.objects.filter(user_id__in=list(user_ids))
    return {preference.user_id: preference.rhythm for preference in stated}


def _shown(notice: Notice, member: Membership, now: dt.datetime) -> Delivery:
    shown = _delivery(notice, Channel.IN_APP, Due(now), user_id=member.user_id)
    shown.state, shown.delivered_at = Delivery.State.DELIVERED, now
    return shown


def _delivery(notice: Notice, channel: Channel, due: Due, **receiver: object) -> Delivery:
    message = None if due.in_digest else new_id()
    return Delivery(
        tenant_id=notice.tenant_id,
        notice=notice,
        channel=channel.value,
        in_digest=due.in_digest,
        message=message,
        due_at=due.at,
        **receiver,
    )
