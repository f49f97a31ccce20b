"""uploadStart, uploadComplete, and what a client may ask about an upload meanwhile."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.db import transaction

from audit.actions import AuditAction
from audit.record import record
from gateway.callers import Caller
from gateway.handoff import hand_to_scanners
from gateway.paths import file_path
from kernel import clock
from kernel.decisions import Denied
from kernel.errors import FILE_CONTENT_MISMATCH, NOT_FOUND, UPLOAD_ALTERED, UPLOAD_CLOSED, Problem
from marketplace.installations import InstalledPolicy, ceiling_of, policy_of
from policy.actions import Action
from policy.engine import decide
from policy.media_types import type_of
from policy.wishes import UploadWish
from quotas import reservations
from scanning.content import contradiction
from scanning.kinds import type_words
from storage import folders, transitions
from storage.arrivals import alteration, arrived, first_bytes
from storage.grants import UploadForm, upload_form
from storage.models import Upload
from storage.object_store import ObjectChangedError, ObjectFacts, ObjectStore
from storage.states import UploadState
from tenancy.models import MicroApp
from tenancy.principals import system_principal
from tenancy.scoping import tenant_scope


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """What a client announces. Size in bytes; the checksum as 64 hex digits, or empty."""

    path: str
    size: int
    content_type: str
    sha256: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


def start_upload(caller: Caller, request: UploadRequest) -> tuple[Upload, UploadForm]:
    """uploadStart: decide, hold the space, record, and only then sign a form for exactly this file.

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
        upload.labels = _labels(app, policy, wish)
        upload.folder, _ = folders.ensure(app, folder_path, caller.actor)
        upload.reservation = reservations.reserve(app, request.size)
        _record(caller, upload, policy)
    return upload, upload_form(upload, now)


def complete_upload(caller: Caller, upload_id: uuid.UUID, store: ObjectStore) -> Upload:
    """uploadComplete: never trust the client; look at what arrived, settle the space, hand it to the scanners.

    Idempotent. Raises Problem NOT_FOUND, UPLOAD_NOT_RECEIVED, UPLOAD_CLOSED, STORAGE_UNAVAILABLE; what isn't what was
    announced ends the upload as rejected.
    """
    caller.claims.require_action(Action.FILES_WRITE)
    upload = find_upload(caller, upload_id)
    if upload.state != UploadState.STARTED:
        return _ended_or_running(upload)
    facts = arrived(store, upload)
    problem = alteration(upload, facts) or _contradiction(store, upload, facts)
    with tenant_scope(caller.claims.tenant):
        received = _receive(caller, upload, facts, problem)
    if received.state == UploadState.REJECTED:
        store.delete(received.quarantine_key)
    return received


def abort_upload(caller: Caller, upload_id: uuid.UUID, store: ObjectStore) -> Upload:
    """The client gave up: the space is free again and what arrived is deleted. Raises Problem UPLOAD_CLOSED."""
    caller.claims.require_action(Action.FILES_WRITE)
    upload = find_upload(caller, upload_id)
    with tenant_scope(caller.claims.tenant):
        aborted = _unless_closed(upload, lambda: transitions.abort(upload.id, actor=caller.actor))
    store.delete(upload.quarantine_key)
    return aborted


def find_upload(caller: Caller, upload_id: uuid.UUID) -> Upload:
    """The app's upload. Raises Problem NOT_FOUND, alike for another app's and for none."""
    with tenant_scope(caller.claims.tenant):
        uploads = Upload.objects.filter(pk=upload_id, app_id=caller.claims.app).select_related("folder")
        upload: Upload | None = uploads.first()
        if upload is None:
            raise Problem(NOT_FOUND)
        caller.claims.require_within(folders.path_of(upload.folder))
    return upload


def _labels(app: MicroApp, policy: InstalledPolicy, wish: UploadWish) -> dict[str, str]:
    decision = decide(policy.document, wish, ceiling_of(app))
    if isinstance(decision, Denied):
        raise decision.as_problem()
    return dict(decision.labels)


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


def _record(caller: Caller, upload: Upload, policy: InstalledPolicy) -> None:
    upload.save(force_insert=True)
    record(
        AuditAction.UPLOAD_URL_SIGNED,
        actor=caller.actor,
        app_id=upload.app_id,
        subject=f"upload:{upload.id}",
        token=caller.claims.token_id,
        size=upload.declared_size,
        content_type=upload.content_type,
        template=policy.template,
        expires_at=upload.expires_at.isoformat(),
    )


def _contradiction(store: ObjectStore, upload: Upload, facts: ObjectFacts) -> Problem | None:
    try:
        head = first_bytes(store, upload, facts.etag)
    except ObjectChangedError:
        return Problem(UPLOAD_ALTERED, name=upload.name)
    if contradiction(upload.content_type, head) is None:
        return None
    return Problem(FILE_CONTENT_MISMATCH, name=upload.name, type=type_words(upload.content_type))


def _receive(caller: Caller, upload: Upload, facts: ObjectFacts, problem: Problem | None) -> Upload:
    if problem is not None:
        return _unless_closed(upload, lambda: transitions.reject(upload.id, problem, actor=system_principal("gateway")))
    received = _unless_closed(
        upload, lambda: transitions.receive(upload.id, size=facts.size, etag=facts.etag, actor=caller.actor)
    )
    transaction.on_commit(lambda: hand_to_scanners(received))
    return received


def _unless_closed(upload: Upload, step: Callable[[], Upload]) -> Upload:
    """Take the step; where another request was faster, answer with what it made of the upload."""
    try:
        return step()
    except transitions.IllegalTransitionError:
        return _ended_or_running(Upload.objects.get(pk=upload.pk))


def _ended_or_running(upload: Upload) -> Upload:
    state = UploadState(upload.state)
    if state in {UploadState.EXPIRED, UploadState.ABORTED}:
        raise Problem(UPLOAD_CLOSED, name=upload.name, state=state.label.lower())
    return upload
