"""Retention in storage: what must stay is kept there too, where the bucket locks, until the day that its rules name.

Gatehouse's own rules bind from the moment when the file's row stands; this follows, and is noted once storage showed
it. It is only ever lengthened: nobody can shorten what storage keeps. Never inside a transaction, since storage is
waited for; killed in between, the round finds the file and the same is asked again, which changes nothing.
"""

import datetime as dt
import uuid
from collections.abc import Iterator

import structlog
from django.db.models import F, Q, QuerySet

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from storage.answers import ObjectChangedError
from storage.models import StoredFile
from storage.object_lock import ObjectLock, RetentionNotKeptError
from tenancy.models import WorkspaceKind
from tenancy.principals import system_principal
from tenancy.scoping import tenant_scope

PAGE = 200
_LONGEST_ROUND = dt.timedelta(minutes=1)
"""The next round goes on: longer ones would do the same files at the same time."""

_KEEPER = system_principal("lifecycle")
_log = structlog.get_logger(__name__)


def keep_file(lock: ObjectLock, tenant_id: uuid.UUID, file_id: uuid.UUID) -> None:
    """Have storage keep one file, where it must stay. Raises Problem STORAGE_UNAVAILABLE."""
    with tenant_scope(tenant_id):
        stored = waiting().filter(pk=file_id).first()
    if stored is not None and lock.is_there():
        keep(lock, stored)


def keep_files(lock: ObjectLock, tenant_id: uuid.UUID) -> int:
    """The same for all of a tenant's files that wait for it, as far as a minute goes; how many are kept now.

    Those that must stay longer by now come first: what storage took no retention for is tried again after them.
    """
    end, kept = clock.now() + _LONGEST_ROUND, 0
    for condition in (Q(kept_until__isnull=False), Q(kept_until=None)):
        for stored in _pages(tenant_id, condition):
            if not lock.is_there() or clock.now() > end:
                return kept
            kept += keep(lock, stored)
    return kept


def count_waiting(tenant_id: uuid.UUID) -> int:
    """How many of a tenant's files must stay without being kept by storage."""
    with tenant_scope(tenant_id):
        return int(waiting().count())


def waiting() -> "QuerySet[StoredFile]":
    """Files that must stay, and that storage doesn't keep so long yet, as far as their rows tell."""
    return must_stay().filter(Q(kept_until=None) | Q(kept_until__lt=F("retained_until")))


def must_stay() -> "QuerySet[StoredFile]":
    """Files that nobody may delete yet. In a sandbox nothing is for real."""
    rows: QuerySet[StoredFile] = StoredFile.objects.filter(retained_until__gt=clock.now())
    return rows.exclude(app__workspace__kind=WorkspaceKind.SANDBOX)


def _pages(tenant_id: uuid.UUID, condition: Q) -> Iterator[StoredFile]:
    """Each once, those that storage wouldn't keep left behind."""
    last = uuid.UUID(int=0)
    while True:
        with tenant_scope(tenant_id):
            page = list(waiting().filter(condition, pk__gt=last).order_by("pk")[:PAGE])
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1].pk


def keep(lock: ObjectLock, stored: StoredFile) -> bool:
    """Have storage keep a file that must stay; whether it does now. What it refuses is logged, and tried again.

    Raises Problem STORAGE_UNAVAILABLE.
    """
    assert stored.retained_until is not None  # noqa: S101 - what is waiting has a date
    try:
        until = lock.retain(stored.key(), stored.etag, stored.retained_until)
    except (ObjectChangedError, RetentionNotKeptError) as error:
        _log.warning("retention_not_kept", file=str(stored.pk), reason=type(error).__name__)
        return False
    with tenant_scope(stored.tenant_id):
        if StoredFile.objects.filter(pk=stored.pk, etag=stored.etag).update(kept_until=until):
            subject, day = f"file:{stored.pk}", until.isoformat()
            record(AuditAction.FILE_KEPT, actor=_KEEPER, app_id=stored.app_id, subject=subject, until=day)
    return True
