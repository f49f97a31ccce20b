"""Files that wait for a person: set aside by the pipeline, decided by an owner in `decisions`."""

import uuid

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.errors import CHANGED_MEANWHILE, Problem
from scanning.models import Hold
from scanning.owner_notices import tell_of
from storage import transitions
from storage.models import Upload
from tenancy.principals import Principal
from tenancy.scoping import tenant_scope


def hold(upload: Upload, sha256: str, doubts: list[Problem], *, actor: Principal) -> Hold:
    """Let an upload wait, and tell its owners. Must run in the tenant's scope, with the upload's lock held."""
    first, before = doubts[0], latest_release(upload.tenant_id, upload.id)
    waiting_upload = transitions.hold(upload.id, first, actor=actor)
    held: Hold = Hold.objects.create(
        tenant_id=upload.tenant_id,
        app_id=upload.app_id,
        file_id=upload.id,
        sha256=sha256,
        codes=sorted({doubt.type.code for doubt in doubts} | set(before.codes if before else ())),
    )
    tell_of(waiting_upload)
    return held


def waiting(file_id: uuid.UUID) -> Hold | None:
    """The hold that nobody decided about yet, if there is one. Must run in the tenant's scope."""
    found: Hold | None = Hold.objects.filter(file_id=file_id, decision=Hold.Decision.NONE).first()
    return found


def latest_release(tenant_id: uuid.UUID, file_id: uuid.UUID) -> Hold | None:
    """The last hold of this file that a person ended by releasing it."""
    with tenant_scope(tenant_id):
        found: Hold | None = Hold.objects.filter(file_id=file_id, decision=Hold.Decision.RELEASED).last()
    return found


def decide(file_id: uuid.UUID, decision: Hold.Decision, *, by: Principal, reason: str) -> Hold:
    """Write a decision about an upload, and its record. Must run in the transaction of what it leads to.

    Raises Problem CHANGED_MEANWHILE where nothing waits: somebody else was faster.
    """
    held = close(file_id, decision, by=by, reason=reason)
    action = AuditAction.FILE_RELEASED if decision == Hold.Decision.RELEASED else AuditAction.FILE_REFUSED
    record(action, actor=by, app_id=held.app_id, subject=f"upload:{file_id}", reason=reason, codes=held.codes)
    return held


def close(file_id: uuid.UUID, decision: Hold.Decision, *, by: Principal, reason: str) -> Hold:
    """Write a decision; its record is the caller's matter. Must run in the tenant's scope.

    Raises Problem CHANGED_MEANWHILE where nothing waits.
    """
    held: Hold | None = Hold.objects.select_for_update().filter(file_id=file_id, decision=Hold.Decision.NONE).first()
    if held is None:
        raise Problem(CHANGED_MEANWHILE)
    held.decision, held.decided_by, held.decided_at, held.reason = decision, str(by), clock.now(), reason
    held.save(update_fields=["decision", "decided_by", "decided_at", "reason"])
    return held
