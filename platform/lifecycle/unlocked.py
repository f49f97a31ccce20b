"""What storage's own lock should keep and doesn't, asked of storage itself, whatever the rows say.

Somebody with storage's keys may have ended a retention or a hold there, or the bucket was copied without them. Each
file costs two requests or four, so a round has a deadline, and begins at a file that chance chooses.
"""

import datetime as dt
import math
import random
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias, TypedDict

import structlog
from django.db.models import Exists, OuterRef, Q, QuerySet

from kernel import clock
from lifecycle.binding import covered
from lifecycle.findings import Finding, Kind, Report
from storage.answers import ObjectChangedError
from storage.models import HeldObject, StoredFile
from storage.object_lock import HoldNotKeptError, ObjectLock
from storage.retention import keep, must_stay
from tenancy.scoping import tenant_scope

PAGE = 500
_A_DAY = dt.timedelta(days=1)


class _Marks(TypedDict):
    must_stay: bool
    is_bound: bool


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    _Marked: TypeAlias = WithAnnotations[StoredFile, _Marks]
_log = structlog.get_logger(__name__)


def unlocked(
    lock: ObjectLock,
    tenant_id: uuid.UUID,
    before: dt.datetime,
    report: Report,
    *,
    repair: bool,
    end: dt.datetime | None = None,
) -> Iterator[Finding]:
    """One tenant's files that storage keeps shorter than they must stay, or doesn't hold; with `repair` it does again.

    Those that came after `before` are left to the rounds; bytes that aren't the file's are another finding's matter.
    Raises Problem STORAGE_UNAVAILABLE.
    """
    with tenant_scope(tenant_id):
        report.to_lock = _wanted(before).count()
    if not report.to_lock or not lock.is_there():
        return
    for stored in _from_somewhere(tenant_id, before, report.to_lock):
        if end is not None and clock.now() > end:
            return
        report.asked += 1
        try:
            yield from (_look(lock, stored, repair=repair))
        except ObjectChangedError:
            continue


def _wanted(before: dt.datetime) -> "QuerySet[_Marked]":
    """Files that must stay, or that a standing hold binds in storage. Must run in the tenant's scope."""
    bound = HeldObject.objects.filter(covered(), file_id=OuterRef("pk"), bound_at__isnull=False)
    must = Exists(must_stay().filter(pk=OuterRef("pk")))
    rows: QuerySet[_Marked] = StoredFile.objects.annotate(is_bound=Exists(bound), must_stay=must)
    return rows.filter(Q(is_bound=True) | Q(must_stay=True), created_at__lt=before)


def _from_somewhere(tenant_id: uuid.UUID, before: dt.datetime, count: int) -> "Iterator[_Marked]":
    """Each once, from one of them to the last and on from the first."""
    with tenant_scope(tenant_id):
        place = random.randrange(count)  # noqa: S311 - nothing secret depends on it
        first = _wanted(before).order_by("pk").values_list("pk", flat=True)[place : place + 1].first()
    if first is None:
        return
    for part in (Q(pk__gte=first), Q(pk__lt=first)):
        yield from _pages(tenant_id, before, part)


def _pages(tenant_id: uuid.UUID, before: dt.datetime, part: Q) -> "Iterator[_Marked]":
    last = uuid.UUID(int=0)
    while True:
        with tenant_scope(tenant_id):
            page = list(_wanted(before).filter(part, pk__gt=last).order_by("pk")[:PAGE])
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1].pk


def _look(lock: ObjectLock, stored: "_Marked", *, repair: bool) -> Iterator[Finding]:
    if stored.must_stay:
        yield from _kept_too_short(lock, stored, repair=repair)
    if stored.is_bound and not lock.is_held(stored.key(), stored.etag):
        kind = Kind.HOLD_ENDED if not repair or _held_again(lock, stored) else Kind.NOT_HELD
        yield Finding(kind, str(stored.key()), stored.size)


def _kept_too_short(lock: ObjectLock, stored: "_Marked", *, repair: bool) -> Iterator[Finding]:
    assert stored.retained_until is not None  # noqa: S101 - what must stay has a date
    until = lock.kept_until(stored.key(), stored.etag)
    if until is not None and until >= stored.retained_until:
        return
    days = math.ceil((stored.retained_until - (until or clock.now())) / _A_DAY)
    is_kept = not repair or _kept_again(lock, stored, until)
    yield Finding(Kind.KEPT_SHORT if is_kept else Kind.NOT_KEPT, str(stored.key()), stored.size, days)


def _kept_again(lock: ObjectLock, stored: StoredFile, until: dt.datetime | None) -> bool:
    """Whether storage keeps it now; where it doesn't, the row says no more than is so, and the rounds try again."""
    _log.warning("kept_too_short", file=str(stored.pk), until=str(until))
    if keep(lock, stored):
        return True
    with tenant_scope(stored.tenant_id):
        StoredFile.objects.filter(pk=stored.pk).update(kept_until=until)
    return False


def _held_again(lock: ObjectLock, stored: StoredFile) -> bool:
    """Whether storage holds it now; where it doesn't, the hold is being bound again."""
    _log.warning("hold_ended_in_storage", file=str(stored.pk))
    try:
        lock.hold(stored.key(), stored.etag)
    except HoldNotKeptError:
        with tenant_scope(stored.tenant_id):
            HeldObject.objects.filter(file_id=stored.pk).update(bound_at=None)
        return False
    return True
