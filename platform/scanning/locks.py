"""Files that a later check found dangerous: nobody opens or copies them until an owner decides."""

import uuid

from django.urls import reverse

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.errors import CHANGED_MEANWHILE, Problem
from notices import telling
from scanning import holds
from scanning.models import Hold
from storage.models import StoredFile
from tenancy.principals import Principal, system_principal

_SCANNER = system_principal("scanning")


def lock(file_id: uuid.UUID, problem: Problem, *, sha256: str) -> bool:
    """Lock a file, on the record, and tell its owners. False where an owner has released these bytes for this already.

    Must run in the tenant's scope. Links that were given out before end by themselves within their minutes.
    """
    stored: StoredFile | None = StoredFile.objects.select_for_update(of=("self",)).filter(pk=file_id).first()
    if stored is None or stored.locked_at is not None:
        return False
    before = holds.latest_release(stored.tenant_id, file_id)
    if before and before.is_lock and before.sha256 == sha256 and problem.type.code in before.codes:
        return False
    stored.locked_at = clock.now()
    stored.save(update_fields=["locked_at"])
    held = Hold.objects.create(
        tenant_id=stored.tenant_id,
        app_id=stored.app_id,
        file_id=file_id,
        is_lock=True,
        sha256=sha256,
        codes=[problem.type.code],
    )
    code = problem.type.code
    record(AuditAction.FILE_LOCKED, actor=_SCANNER, app_id=stored.app_id, subject=f"file:{file_id}", problem=code)
    telling.file_held(
        stored.app,
        held.id,
        name=stored.name,
        reason=problem,
        href=reverse("app-quarantine", args=[stored.app.slug]),
    )
    return True


def unlock(file_id: uuid.UUID, *, by: Principal, reason: str) -> StoredFile:
    """Open a locked file again. Must run in the tenant's scope. Raises Problem CHANGED_MEANWHILE."""
    stored = _locked(file_id)
    holds.close(file_id, Hold.Decision.RELEASED, by=by, reason=reason)
    stored.locked_at = None
    stored.save(update_fields=["locked_at"])
    record(AuditAction.FILE_UNLOCKED, actor=by, app_id=stored.app_id, subject=f"file:{file_id}", reason=reason)
    return stored


def give_up(file_id: uuid.UUID, *, by: Principal, reason: str) -> StoredFile:
    """Let lifecycle delete a locked file at its next round, unless a legal hold or its retention keeps it.

    Locked it stays meanwhile. Must run in the tenant's scope. Raises Problem CHANGED_MEANWHILE.
    """
    stored = _locked(file_id)
    holds.close(file_id, Hold.Decision.REFUSED, by=by, reason=reason)
    stored.trashed_at = stored.purge_at = clock.now()
    stored.save(update_fields=["trashed_at", "purge_at"])
    record(AuditAction.FILE_REFUSED, actor=by, app_id=stored.app_id, subject=f"file:{file_id}", reason=reason)
    return stored


def _locked(file_id: uuid.UUID) -> StoredFile:
    stored: StoredFile | None = StoredFile.objects.select_for_update(of=("self",)).filter(pk=file_id).first()
    if stored is None or stored.locked_at is None:
        raise Problem(CHANGED_MEANWHILE)
    return stored
