"""Legal holds in storage: what they cover is held there too, what they no longer cover is let go.

A hold binds Gatehouse from the moment when its row stands; this follows, and is only called bound once storage showed
it for every file. Each object's row says that storage may hold it before storage is asked, and goes once storage has
let go: killed anywhere, the next round goes on. Storage is never waited for inside a transaction.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import TypeAlias

import structlog
from django.db.models import Exists, OuterRef, Q, QuerySet

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.errors import Problem
from kernel.object_keys import Area, ObjectKey
from storage.answers import ObjectChangedError
from storage.hold_models import Binding
from storage.models import HeldObject, LegalHold, StoredFile
from storage.object_lock import HoldNotKeptError, ObjectLock
from tenancy.principals import system_principal
from tenancy.scoping import tenant_scope

PAGE, BATCH = 10_000, 20
LEASE = dt.timedelta(minutes=10)
"""How long a batch is one worker's: longer than storage, at its slowest, takes for it. What failed waits as long."""

_LONGEST_ROUND = dt.timedelta(minutes=10)
"""The next round goes on: the queue would hand a task of an hour to a second worker."""

_LIFECYCLE = system_principal("lifecycle")
_log = structlog.get_logger(__name__)
_Step: TypeAlias = Callable[[ObjectLock, HeldObject], None]


def bind_holds(lock: ObjectLock, tenant_id: uuid.UUID) -> None:
    """Bring one tenant's objects under its holds, as far as ten minutes go. Raises Problem STORAGE_UNAVAILABLE."""
    with tenant_scope(tenant_id):
        if not _is_anything_to_do():
            return
    if not lock.is_there():
        with tenant_scope(tenant_id):
            _stand_alone()
        return
    _enlist(tenant_id)
    end = clock.now() + _LONGEST_ROUND
    for take, step in ((_taken_to_let_go, _let_go), (_taken_to_hold, _hold)):
        while _work(lock, tenant_id, take, step) and clock.now() < end:
            pass
    with tenant_scope(tenant_id):
        _tell()


def covered() -> Q:
    """The files that standing holds cover, by app and id: a condition for rows with `app_id` and `file_id`."""
    apps, files = _standing()
    return Q(app_id__in=apps) | Q(file_id__in=files)


def being_let_go(app_id: uuid.UUID) -> int:
    """How many of an app's objects storage still keeps, or may keep, though no hold covers them any more."""
    return int(HeldObject.objects.filter(app_id=app_id).exclude(covered()).count())


def binding_of(app_id: uuid.UUID, file_id: uuid.UUID) -> Binding | None:
    """Whom the holds on one file bind, None where none stands."""
    holds = LegalHold.objects.filter(Q(file_id=file_id) | Q(file_id=None), app_id=app_id, lifted_at=None)
    bindings = set(holds.values_list("binding", flat=True))
    if not bindings:
        return None
    if HeldObject.objects.filter(file_id=file_id, bound_at__isnull=False).exists():
        return Binding.BOUND
    return Binding.ALONE if bindings == {Binding.ALONE} else Binding.PENDING


def _is_anything_to_do() -> bool:
    return bool(LegalHold.objects.filter(lifted_at=None).exists() or HeldObject.objects.exists())


def _standing() -> tuple[set[uuid.UUID], set[uuid.UUID]]:
    """The apps that are held as a whole, and the files that are held one by one."""
    held = set(LegalHold.objects.filter(lifted_at=None).values_list("app_id", "file_id"))
    apps = {app_id for app_id, file_id in held if file_id is None}
    return apps, {file_id for _, file_id in held if file_id is not None}


def _stand_alone() -> None:
    """This bucket locks nothing: say so, and forget what another one may have kept."""
    LegalHold.objects.filter(lifted_at=None).exclude(binding=Binding.ALONE).update(binding=Binding.ALONE)
    HeldObject.objects.all().delete()


def _enlist(tenant_id: uuid.UUID) -> None:
    """Give every covered file its row, and have those worked on that no hold covers any more."""
    are_more = True
    while are_more:
        with tenant_scope(tenant_id):
            apps, files = _standing()
            known = HeldObject.objects.filter(file_id=OuterRef("pk"))
            new = StoredFile.objects.filter(~Exists(known), Q(app_id__in=apps) | Q(pk__in=files)).only(
                "tenant_id", "app_id"
            )
            rows = [HeldObject(tenant_id=tenant_id, app_id=stored.app_id, file_id=stored.pk) for stored in new[:PAGE]]
            HeldObject.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)
            HeldObject.objects.filter(bound_at__isnull=False).exclude(covered()).update(bound_at=None)
        are_more = len(rows) == PAGE


def _work(lock: ObjectLock, tenant_id: uuid.UUID, take: Callable[[], list[HeldObject]], step: _Step) -> bool:
    """One batch; whether there was one. What storage couldn't do is tried again, and doesn't stop the others."""
    with tenant_scope(tenant_id):
        batch = take()
    try:
        for held in batch:
            _try(lock, held, step)
    except Problem:
        with tenant_scope(tenant_id):
            HeldObject.objects.filter(pk__in=[held.pk for held in batch]).update(claimed_until=None)
        raise
    return bool(batch)


def _try(lock: ObjectLock, held: HeldObject, step: _Step) -> None:
    try:
        step(lock, held)
    except (ObjectChangedError, HoldNotKeptError) as error:
        _log.warning("hold_not_bound", file=str(held.file_id), reason=type(error).__name__)


def _taken_to_hold() -> list[HeldObject]:
    return _claimed(HeldObject.objects.filter(covered(), bound_at=None))


def _taken_to_let_go() -> list[HeldObject]:
    return _claimed(HeldObject.objects.filter(bound_at=None).exclude(covered()))


def _claimed(rows: "QuerySet[HeldObject]") -> list[HeldObject]:
    """Some rows that no other worker has in its hands."""
    now = clock.now()
    free = rows.filter(Q(claimed_until=None) | Q(claimed_until__lt=now)).order_by("id")
    batch = list(free.select_for_update(skip_locked=True)[:BATCH])
    HeldObject.objects.filter(pk__in=[held.pk for held in batch]).update(claimed_until=now + LEASE)
    return batch


def _hold(lock: ObjectLock, held: HeldObject) -> None:
    with tenant_scope(held.tenant_id):
        etag = StoredFile.objects.filter(pk=held.file_id).values_list("etag", flat=True).first()
    if etag is None:  # deleted before the hold came: there is nothing left to keep
        with tenant_scope(held.tenant_id):
            HeldObject.objects.filter(pk=held.pk).delete()
        return
    lock.hold(_key(held), etag)
    with tenant_scope(held.tenant_id):
        HeldObject.objects.filter(pk=held.pk).update(bound_at=clock.now(), claimed_until=None)


def _let_go(lock: ObjectLock, held: HeldObject) -> None:
    """Where a hold came meanwhile, the row stays for it."""
    lock.release(_key(held))
    with tenant_scope(held.tenant_id):
        row = HeldObject.objects.filter(pk=held.pk)
        row.exclude(covered()).delete()
        row.update(claimed_until=None)


def _key(held: HeldObject) -> ObjectKey:
    return ObjectKey(held.tenant_id, held.app_id, Area.FILES, held.file_id)


def _tell() -> None:
    """Note of each standing hold whether everything that it covers is held in storage."""
    bound = HeldObject.objects.filter(file_id=OuterRef("pk"), bound_at__isnull=False)
    for hold in LegalHold.objects.filter(lifted_at=None).select_for_update():
        files = StoredFile.objects.filter(app_id=hold.app_id, **({"pk": hold.file_id} if hold.file_id else {}))
        binding = Binding.PENDING if files.filter(~Exists(bound)).exists() else Binding.BOUND
        if binding == hold.binding:
            continue
        LegalHold.objects.filter(pk=hold.pk).update(binding=binding)
        if binding == Binding.BOUND:
            subject = f"file:{hold.file_id}" if hold.file_id else f"app:{hold.app_id}"
            found = {"hold": str(hold.pk), "files": files.count()}
            record(AuditAction.HOLD_BOUND, actor=_LIFECYCLE, app_id=hold.app_id, subject=subject, **found)
