"""What a client may ask and do about an upload from its start until it is complete."""

import datetime as dt
import uuid

from admission import space
from audit.actions import AuditAction
from audit.record import record
from gateway import multipart
from gateway.callers import Caller
from gateway.decisions import require_still_allowed
from gateway.multipart import SignedParts
from gateway.reach import find_upload, require_open, unless_closed
from kernel import clock
from policy.actions import Action
from storage import transitions
from storage.arrivals import clear
from storage.grants import UploadForm, upload_form
from storage.models import Upload
from storage.object_store import ObjectStore
from storage.part_store import PartStore
from storage.states import UploadState
from tenancy.scoping import tenant_scope


def reopen_upload(caller: Caller, upload_id: uuid.UUID) -> Upload:
    """An upload that was started, to be offered once more with a fresh deadline, on the record again.

    Raises Problem NOT_FOUND, SCOPE_NOT_GRANTED, UPLOAD_CLOSED, the policy's denials.
    """
    caller.claims.require_action(Action.FILES_WRITE)
    with tenant_scope(caller.claims.tenant):
        upload = find_upload(caller, upload_id, locked=True)
        require_open(upload)
        policy = require_still_allowed(caller.app(), upload)
        if not upload.part_size:
            upload.expires_at = clock.now() + dt.timedelta(seconds=policy.document.uploads.url_ttl_seconds)
            upload.save(update_fields=["expires_at"])
            _record_form(caller, upload)
    return upload


def offer(caller: Caller, upload: Upload, store: PartStore) -> tuple[Upload, UploadForm | SignedParts]:
    """What storage will take for a started upload: a form for exactly this file, or addresses for its first parts.

    Raises Problem STORAGE_UNAVAILABLE, UPLOAD_CLOSED.
    """
    if not upload.part_size:
        return upload, upload_form(upload, clock.now())
    begun = multipart.begin(upload, store)
    return begun, multipart.sign_first(caller, begun)


def abort_upload(caller: Caller, upload_id: uuid.UUID, store: ObjectStore) -> Upload:
    """The client gave up: the space is free again and what arrived is deleted.

    Raises Problem NOT_FOUND, SCOPE_NOT_GRANTED, UPLOAD_CLOSED; an upload that arrived already stays what it is.
    """
    caller.claims.require_action(Action.FILES_WRITE)
    with tenant_scope(caller.claims.tenant):
        upload = unless_closed(find_upload(caller, upload_id), lambda: transitions.abort(upload_id, actor=caller.actor))
        space.forget(upload.app)
    if upload.state == UploadState.ABORTED:
        clear(store, upload)
    return upload


def upload_state(caller: Caller, upload_id: uuid.UUID) -> Upload:
    """Where an upload stands. Raises Problem NOT_FOUND."""
    with tenant_scope(caller.claims.tenant):
        return find_upload(caller, upload_id)


def _record_form(caller: Caller, upload: Upload) -> None:
    record(
        AuditAction.UPLOAD_URL_SIGNED,
        actor=caller.actor,
        app_id=upload.app_id,
        subject=f"upload:{upload.id}",
        token=caller.claims.token_id,
        size=upload.declared_size,
        content_type=upload.content_type,
        expires_at=upload.expires_at.isoformat(),
        again=True,
    )
