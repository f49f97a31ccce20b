"""Comparing what the database says with what storage holds, and making them agree where that loses nothing.

Both are read in the order of their keys and merged, so memory stays flat however many files there are. What is younger
than an hour is left alone: it may be on its way. Nothing that a file row names is ever deleted. Where the bucket keeps
versions, what they hide is looked at first.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import replace

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.object_keys import Area, ObjectKey
from lifecycle.findings import REPAIRED_BY_ITSELF, Finding, Kind, Report
from lifecycle.hidden import hidden_versions
from lifecycle.unlocked import unlocked
from lifecycle.usage import lost_holds, quota_drift
from storage.arrivals import awaits_parts
from storage.inventory import Inventory, Listed
from storage.models import StoredFile, Upload
from storage.object_lock import ObjectLock
from storage.object_store import ObjectStore
from storage.states import IN_FLIGHT, UploadState
from tenancy.principals import system_principal
from tenancy.scoping import tenant_scope

SETTLED_AFTER = dt.timedelta(hours=1)
PAGE = 1_000
_BY = system_principal("lifecycle")


def reconcile(
    store: ObjectStore,
    held: Inventory,
    tenant_id: uuid.UUID,
    *,
    repair: bool,
    now: dt.datetime | None = None,
    lock: ObjectLock | None = None,
    lock_until: dt.datetime | None = None,
) -> Report:
    """One tenant's report; with `repair`, what can be repaired without losing anything was.

    With a lock, storage is asked about each file that it should lock, until that moment.
    """
    report, before = Report(), (now or clock.now()) - SETTLED_AFTER
    report.findings += hidden_versions(held, tenant_id, before, repair=repair)
    for finding in _objects_and_files(held, tenant_id, before, report):
        is_stray = repair and finding.kind in {Kind.ORPHAN, Kind.LEFTOVER}
        report.findings.append(_deleted(store, finding) if is_stray else finding)
    for found in held.unfinished(tenant_id):
        if found.begun < before and not awaits_parts(tenant_id, found.upload_id):
            report.findings.append(Finding(Kind.UNFINISHED, found.key))
            if repair:
                held.discard(found)
    if lock is not None:
        report.findings += unlocked(lock, tenant_id, before, report, repair=repair, end=lock_until)
    with tenant_scope(tenant_id):
        report.findings += [*lost_holds(before, repair=repair), *quota_drift(repair=repair)]
        if repair and any(finding.kind in REPAIRED_BY_ITSELF for finding in report.findings):
            record(AuditAction.STORAGE_RECONCILED, actor=_BY, subject=f"tenant:{tenant_id}", found=report.counts())
    return report


def _objects_and_files(held: Inventory, tenant_id: uuid.UUID, before: dt.datetime, report: Report) -> Iterator[Finding]:
    """Merge the listing with the file rows; both come in the order of (app, id)."""
    files = _files(tenant_id)
    expected = next(files, None)
    batch: list[Listed] = []
    for listed in held.objects(tenant_id):
        report.objects += 1
        key = ObjectKey.parse(listed.key)
        if key is None or key.area != Area.FILES:
            batch.append(listed)
            if len(batch) == PAGE:
                yield from _others(tenant_id, batch, before)
                batch = []
            continue
        while expected is not None and _place(expected) < (key.app, key.name):
            report.files += 1
            yield from _missing(expected, before)
            expected = next(files, None)
        if expected is not None and _place(expected) == (key.app, key.name):
            report.files += 1
            yield from _compared(expected, listed)
            expected = next(files, None)
        else:
            yield from _orphan(tenant_id, key, listed, before)
    yield from _others(tenant_id, batch, before)
    while expected is not None:
        report.files += 1
        yield from _missing(expected, before)
        expected = next(files, None)


def _files(tenant_id: uuid.UUID) -> Iterator[StoredFile]:
    """The tenant's files by app and id, a page a transaction."""
    last: tuple[uuid.UUID, uuid.UUID] | None = None
    while True:
        with tenant_scope(tenant_id):
            rows = StoredFile.objects.order_by("app_id", "id")
            if last is not None:
                rows = rows.extra(where=["(app_id, id) > (%s, %s)"], params=list(last))
            page = list(rows[:PAGE])
        yield from page
        if len(page) < PAGE:
            return
        last = _place(page[-1])


def _place(stored: StoredFile) -> tuple[uuid.UUID, uuid.UUID]:
    return stored.app_id, stored.pk


def _missing(stored: StoredFile, before: dt.datetime) -> Iterator[Finding]:
    """A row without bytes; looked at once more, for its deletion may have been under way."""
    with tenant_scope(stored.tenant_id):
        if stored.created_at < before and StoredFile.objects.filter(pk=stored.pk).exists():
            yield Finding(Kind.MISSING, str(stored.key()), stored.size)


def _compared(stored: StoredFile, listed: Listed) -> Iterator[Finding]:
    if (listed.size, listed.etag) != (stored.size, stored.etag):
        yield Finding(Kind.CHANGED, listed.key, listed.size - stored.size)


def _orphan(tenant_id: uuid.UUID, key: ObjectKey, listed: Listed, before: dt.datetime) -> Iterator[Finding]:
    """Bytes under a clean key without a row, unless a worker is about to write that row."""
    if listed.modified >= before:
        return
    with tenant_scope(tenant_id):
        is_filed = StoredFile.objects.filter(pk=key.name).exists()
        is_coming = Upload.objects.filter(pk=key.name, state__in=[*IN_FLIGHT, UploadState.HELD]).exists()
    if not is_filed and not is_coming:
        yield Finding(Kind.ORPHAN, listed.key, listed.size)


def _others(tenant_id: uuid.UUID, batch: list[Listed], before: dt.datetime) -> Iterator[Finding]:
    """Quarantine, thumbnails, and what isn't ours."""
    keys = {listed.key: ObjectKey.parse(listed.key) for listed in batch}
    names = [key.name for key in keys.values() if key is not None]
    with tenant_scope(tenant_id):
        files = set(StoredFile.objects.filter(pk__in=names).values_list("pk", flat=True))
        waiting = Upload.objects.filter(pk__in=names, state__in=[*IN_FLIGHT, UploadState.HELD])
        awaited = set(waiting.values_list("pk", flat=True))
    for listed in batch:
        key = keys[listed.key]
        if key is None:
            yield Finding(Kind.STRANGE, listed.key, listed.size)
        elif listed.modified < before and key.name not in (awaited if key.area == Area.QUARANTINE else files):
            yield Finding(Kind.LEFTOVER if key.area == Area.QUARANTINE else Kind.ORPHAN, listed.key, listed.size)


def _deleted(store: ObjectStore, finding: Finding) -> Finding:
    """What became of a stray object: storage's own lock may keep it."""
    key = ObjectKey.parse(finding.what)
    if key is None:
        return finding
    store.delete(key)
    return finding if store.head(key) is None else replace(finding, kind=Kind.KEPT)
