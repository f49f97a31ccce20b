"""What a person may decide about a file that waits: release it, or refuse it. With a reason, on the record.

Only an owner of the workspace may. Who decides answers for what was found; malware is never theirs to release.
"""

import uuid
from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from kernel.errors import CHANGED_MEANWHILE, FILE_REFUSED, NOT_ALLOWED, VALIDATION, FieldError, Problem
from kernel.language import said
from notices.inert import one_line
from scanning import holds, locks
from scanning.models import Hold
from storage import transitions
from storage.models import StoredFile, Upload
from storage.states import UploadState
from tenancy.memberships import in_workspace
from tenancy.models import MicroApp
from tenancy.principals import user_principal
from tenancy.roles import MAY_ADMINISTER
from tenancy.scoping import tenant_scope

SCAN = "scanning.scan_upload"
_log = structlog.get_logger(__name__)


def may_decide(user_id: uuid.UUID, app: MicroApp) -> bool:
    """Whether this person owns the app's workspace. Must run in the tenant's scope."""
    membership = in_workspace(user_id, app.workspace_id)
    return membership is not None and membership.role in MAY_ADMINISTER


def release(upload: Upload, by: uuid.UUID, reason: str) -> Upload:
    """Let a held upload go on, decided by the person of this id: a worker checks it for malware again and files it.

    Raises Problem NOT_ALLOWED, VALIDATION without a reason, CHANGED_MEANWHILE for one that doesn't wait.
    """
    with tenant_scope(upload.tenant_id):
        locked = _waiting(upload, by)
        holds.decide(upload.id, Hold.Decision.RELEASED, by=user_principal(by), reason=_reason(reason))
        transitions.let_go_on(upload.id, actor=user_principal(by))
        transaction.on_commit(partial(_scan, locked))
        locked.refresh_from_db()
    return locked


def refuse(upload: Upload, by: uuid.UUID, reason: str) -> Upload:
    """Refuse a held upload, decided by the person of this id: its space is given back, a worker deletes the bytes.

    Raises Problem NOT_ALLOWED, VALIDATION without a reason, CHANGED_MEANWHILE for one that doesn't wait.
    """
    with tenant_scope(upload.tenant_id):
        locked = _waiting(upload, by)
        holds.decide(upload.id, Hold.Decision.REFUSED, by=user_principal(by), reason=_reason(reason))
        transitions.reject(upload.id, Problem(FILE_REFUSED, name=locked.name), actor=user_principal(by))
        transaction.on_commit(partial(_scan, locked))
        locked.refresh_from_db()
    return locked


def unlock(stored: StoredFile, by: uuid.UUID, reason: str) -> StoredFile:
    """Open a file again that a later check locked, decided by the person of this id, who may know better than a list.

    Raises Problem NOT_ALLOWED, VALIDATION without a reason, CHANGED_MEANWHILE for one that isn't locked.
    """
    with tenant_scope(stored.tenant_id):
        _require_owner(by, stored.app)
        return locks.unlock(stored.pk, by=user_principal(by), reason=_reason(reason))


def give_up(stored: StoredFile, by: uuid.UUID, reason: str) -> StoredFile:
    """Have a locked file deleted, decided by the person of this id.

    Raises Problem NOT_ALLOWED, VALIDATION without a reason, CHANGED_MEANWHILE for one that isn't locked.
    """
    with tenant_scope(stored.tenant_id):
        _require_owner(by, stored.app)
        return locks.give_up(stored.pk, by=user_principal(by), reason=_reason(reason))


def _require_owner(by: uuid.UUID, app: MicroApp) -> None:
    if not may_decide(by, app):
        raise Problem(NOT_ALLOWED)


def _waiting(upload: Upload, by: uuid.UUID) -> Upload:
    """The upload's row, locked, as it waits for this person."""
    locked: Upload = Upload.objects.select_for_update(of=("self",)).select_related("app").get(pk=upload.pk)
    _require_owner(by, locked.app)
    if locked.state != UploadState.HELD:
        raise Problem(CHANGED_MEANWHILE)
    return locked


def _reason(text: str) -> str:
    reason = one_line(text)
    if not reason:
        detail = said("A reason is needed: it stays on the record.")
        raise Problem(VALIDATION, errors=[FieldError("/reason", detail)], detail=detail)
    return reason


def _scan(upload: Upload) -> None:
    """Hand the upload to a worker, who also deletes the bytes of a refused one. Without a queue rounds find both."""
    try:
        current_app.send_task(SCAN, [str(upload.tenant_id), str(upload.id)])
    except OperationalError:
        _log.warning("decided_upload_not_queued", upload=str(upload.id))
