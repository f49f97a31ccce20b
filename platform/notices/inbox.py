"""One person's notices in the app: the newest, which are unread, marking them."""

import uuid
from dataclasses import dataclass

from django.db.models import QuerySet

from kernel import clock
from notices.buttons import Button, buttons_for
from notices.kinds import Channel
from notices.models import Delivery, Notice
from notices.recipients import READERS, role_towards, roles_of
from tenancy.memberships import workspaces_of
from tenancy.roles import Role

PAGE = 30
MAX_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One notice as the page shows it."""

    id: uuid.UUID
    notice: Notice
    is_read: bool
    buttons: list[Button]


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, and from where older ones go on, if there are any."""

    entries: list[Entry]
    older_than: uuid.UUID | None


def page_of(user_id: uuid.UUID, before: uuid.UUID | None = None) -> Page:
    """The newest notices, or those older than one; the cost doesn't grow with their number."""
    rows = shown_to(user_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    related = rows.select_related("notice__app", "notice__workspace")
    found = list(related.order_by("-id")[: PAGE + 1])
    roles = roles_of(user_id)
    entries = [_entry(row, role) for row in found[:PAGE] if (role := role_towards(row.notice, user_id, roles))]
    return Page(entries, found[PAGE - 1].pk if len(found) > PAGE else None)


def shown_to(user_id: uuid.UUID) -> "QuerySet[Delivery]":
    """The person's rows, in workspaces where they are still told of anything."""
    rows: QuerySet[Delivery] = Delivery.objects.filter(
        channel=Channel.IN_APP, user_id=user_id, notice__workspace__in=workspaces_of(user_id, READERS)
    )
    return rows


def unread_count(user_id: uuid.UUID) -> int:
    """How many are unread, counted to a hundred: one query on a partial index."""
    return shown_to(user_id).filter(read_at=None)[:MAX_COUNTED].count()


def mark_read(rows: "QuerySet[Delivery]") -> int:
    """Mark those that are unread; how many that were."""
    marked: int = rows.filter(read_at=None).update(read_at=clock.now())
    return marked


def _entry(row: Delivery, role: Role) -> Entry:
    return Entry(row.pk, row.notice, row.read_at is not None, buttons_for(row.notice, role))
