"""Files that go to cheaper storage when they are old enough, and come back when somebody asks.

Storage is changed first and the row then: killed in between, the next round does both again, which changes nothing.
"""

import datetime as dt
import uuid

import structlog
from django.db.models import Exists, OuterRef, Q

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.errors import Problem
from lifecycle.holds import standing
from lifecycle.keeping import rules_for
from lifecycle.rules import FileFacts, is_archive_due
from policy.lifetimes import archive_at
from storage.archive import HOURS_TO_FETCH, TAG, Archive
from storage.grants import object_tags
from storage.models import HeldObject, LegalHold, StoredFile
from storage.object_store import ObjectChangedError
from tenancy.models import MicroApp
from tenancy.principals import Principal, system_principal
from tenancy.scoping import tenant_scope

BATCH = 200
_LIFECYCLE = system_principal("lifecycle")
_log = structlog.get_logger(__name__)


def archive_due(store: Archive, tenant_id: uuid.UUID, now: dt.datetime | None = None) -> int:
    """Archive this tenant's files whose time has come; how many went. A legal hold leaves its files as they are."""
    moment = now or clock.now()
    with tenant_scope(tenant_id):
        due = _due(moment)
    return sum(_put_away(store, stored, moment) for stored in due)


def _due(moment: dt.datetime) -> list[StoredFile]:
    holds = LegalHold.objects.filter(Q(file_id=OuterRef("pk")) | Q(file_id=None), app=OuterRef("app"), lifted_at=None)
    due = StoredFile.objects.filter(~Exists(holds), archive_at__lte=moment, archived_at=None, trashed_at=None)
    return list(due.order_by("archive_at")[:BATCH])


def _put_away(store: Archive, stored: StoredFile, moment: dt.datetime) -> bool:
    try:
        archived_as = store.put_away(stored.key(), stored.etag, object_tags(stored))
    except (ObjectChangedError, Problem) as error:
        _left_out(stored, error)
        return False
    with tenant_scope(stored.tenant_id):
        current = _locked(stored.pk)
        if current is None or not _may_be_archived(current, moment):
            return False
        current.archived_at, current.archived_as = moment, archived_as
        current.kept_until = current.kept_until if archived_as == TAG else None  # a copy onto itself isn't kept yet
        current.save(update_fields=["archived_at", "archived_as", "kept_until"])
        _record(AuditAction.FILE_ARCHIVED, current, _LIFECYCLE, archived_as=archived_as)
    return True


def _may_be_archived(stored: StoredFile, moment: dt.datetime) -> bool:
    """Asked again under the lock: a hold, the trash or another worker may have come first."""
    held = standing(stored.app).holds(stored.pk)
    facts = FileFacts(stored.name, stored.created_at, is_on_hold=held, purge_at=stored.purge_at)
    return stored.archived_at is None and is_archive_due(facts, stored.archive_at, moment)


def ask_back(app: MicroApp, file_id: uuid.UUID, *, actor: Principal | str) -> StoredFile | None:
    """Ask for a file to be brought back; None where it isn't the app's. Must run in the tenant's scope.

    One that is asked for already, or isn't archived, stays as it is.
    """
    stored: StoredFile | None = StoredFile.objects.select_for_update().filter(app=app, pk=file_id).first()
    if stored is not None and stored.archived_at and stored.restore_asked_at is None:
        stored.restore_asked_at = clock.now()
        stored.save(update_fields=["restore_asked_at"])
        _record(AuditAction.FILE_ASKED_BACK, stored, actor)
    return stored


def fetch_asked(store: Archive, tenant_id: uuid.UUID, now: dt.datetime | None = None) -> int:
    """Bring back what was asked for, as far as storage has it ready; how many came."""
    with tenant_scope(tenant_id):
        asked = list(StoredFile.objects.filter(restore_asked_at__isnull=False).order_by("restore_asked_at")[:BATCH])
    return sum(_fetch(store, stored, now or clock.now()) for stored in asked)


def _fetch(store: Archive, stored: StoredFile, moment: dt.datetime) -> bool:
    try:
        is_back = store.fetch(stored.key(), stored.etag, object_tags(stored), stored.archived_as)
    except (ObjectChangedError, Problem) as error:
        _left_out(stored, error)
        return False
    if not is_back:
        return False
    with tenant_scope(stored.tenant_id):
        current = _locked(stored.pk)
        if current is None or current.archived_at is None:
            return False
        current.kept_until = current.kept_until if current.archived_as == TAG else None
        current.archived_at, current.archived_as, current.restore_asked_at = None, "", None
        current.archive_at = archive_at(moment, rules_for(current))
        current.save(update_fields=["archived_at", "archived_as", "restore_asked_at", "archive_at", "kept_until"])
        HeldObject.objects.filter(file_id=current.pk).update(bound_at=None)  # a copy onto itself isn't held yet
        _record(AuditAction.FILE_BROUGHT_BACK, current, _LIFECYCLE)
    return True


def _left_out(stored: StoredFile, error: Exception) -> None:
    """One file's trouble, such as a key that can't be used, doesn't stop the others; the next round tries again."""
    is_other = isinstance(error, ObjectChangedError)
    reason = "storage holds something else" if is_other else str(error)
    _log.warning("archive_left_out", file=str(stored.pk), reason=reason)


def hours_to_fetch(stored: StoredFile) -> int:
    """How long bringing it back takes at most; 0 for a file that can be opened as it is."""
    return HOURS_TO_FETCH.get(stored.archived_as, 0)


def _locked(file_id: uuid.UUID) -> StoredFile | None:
    rows = StoredFile.objects.select_for_update(of=("self",)).select_related("app")
    found: StoredFile | None = rows.filter(pk=file_id).first()
    return found


def _record(action: AuditAction, stored: StoredFile, actor: Principal | str, **detail: object) -> None:
    record(action, actor=actor, app_id=stored.app_id, subject=f"file:{stored.pk}", **detail)
