"""uploadStart, and what a client may ask and do about an upload until it is complete."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from audit.actions import AuditAction
from audit.record import record
from gateway import multipart
from gateway.callers import Caller
from gateway.decisions import labels_of, require_still_allowed
from gateway.multipart import SignedParts
from gateway.paths import file_path
from gateway.reach import find_upload, require_open, unless_closed
from kernel import clock
from kernel.errors import VALIDATION, FieldError, Problem
from marketplace.installations import InstalledPolicy, policy_of
from policy.actions import Action
from policy.media_types import type_of
from policy.wishes import UploadWish
from quotas import reservations
from storage import folders, transitions
from storage.arrivals import clear
from storage.grants import UploadForm, upload_form
from storage.models import Upload
from storage.object_store import ObjectStore
from storage.part_store import PartStore
from storage.parts import MIN_BYTES, part_size_for
from storage.states import UploadState
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """What a client announces. Size in bytes; the checksum as 64 hex digits, or empty."""

    path: str
    size: int
    content_type: str
    sha256: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    in_parts: bool = False


def start_upload(caller: Caller, request: UploadRequest) -> Upload:
    """uploadStart: decide, hold the space, record. Only what is on the record is then offered to storage.

    Raises Problem: VALIDATION, SCOPE_NOT_GRANTED, the policy's denials, QUOTA_APP_EXCEEDED, QUOTA_WORKSPACE_EXCEEDED.
    """
    folder_path, name = file_path(request.path)
    caller.claims.require(Action.FILES_WRITE, folder_path)
    now = clock.now()
    with tenant_scope(caller.claims.tenant):
        app = caller.app()
        policy = policy_of(app)
        wish = UploadWish(name, request.size, type_of(name, request.content_type), policy.region)
        upload = _new_upload(caller, app, policy, request, wish, now)
        upload.labels = labels_of(app, policy, wish)
        upload.part_size = _part_size(request)
        upload.folder, _ = folders.ensure(app, folder_path, caller.actor)
        upload.reservation = reservations.reserve(app, request.size)
        upload.save(force_insert=True)
        _record(caller, upload, template=policy.template)
    return upload


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
            _record(caller, upload, again=True)
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
    if upload.state == UploadState.ABORTED:
        clear(store, upload)
    return upload


def upload_state(caller: Caller, upload_id: uuid.UUID) -> Upload:
    """Where an upload stands. Raises Problem NOT_FOUND."""
    with tenant_scope(caller.claims.tenant):
        return find_upload(caller, upload_id)


def _part_size(request: UploadRequest) -> int | None:
    """Raises Problem VALIDATION."""
    if not request.in_parts:
        return None
    if request.size < MIN_BYTES:
        detail = f"Parts are for files of {MIN_BYTES:,} bytes and more."
        raise Problem(VALIDATION, errors=[FieldError("/multipart", detail)], detail=detail)
    return part_size_for(request.size)


def _new_upload(
    caller: Caller, app: MicroApp, policy: InstalledPolicy, request: UploadRequest, wish: UploadWish, now: dt.datetime
) -> Upload:
    document = policy.document
    return Upload(
        tenant_id=app.tenant_id,
        app=app,
        name=wish.name,
        content_type=wish.content_type or "",
        declared_size=request.size,
        declared_sha256=request.sha256,
        metadata=dict(request.metadata),
        started_by=caller.actor,
        token_id=caller.claims.token_id,
        keep_days=document.lifecycle.delete_after_days,
        engines=list(document.scanning.engines),
        created_at=now,
        expires_at=now + dt.timedelta(seconds=document.uploads.url_ttl_seconds),
    )


def _record(caller: Caller, upload: Upload, **detail: object) -> None:
    """A form is signed with this; parts are recorded one by one as they are signed."""
    record(
        AuditAction.MULTIPART_STARTED if upload.part_size else AuditAction.UPLOAD_URL_SIGNED,
        actor=caller.actor,
        app_id=upload.app_id,
        subject=f"upload:{upload.id}",
        token=caller.claims.token_id,
        size=upload.declared_size,
        content_type=upload.content_type,
        expires_at=upload.expires_at.isoformat(),
        **detail,
    )
