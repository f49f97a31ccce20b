"""uploadStart, the path of every upload: decide in memory, pass the gate once, record in one statement, then sign."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.db import DatabaseError

from admission import space
from admission.gate import Admission
from audit.ledger import write, write_each
from audit.pipeline import Rows
from gateway import kept_answers
from gateway.agreements import require_agreed
from gateway.callers import Caller
from gateway.handling import handling_of
from gateway.kept_answers import Keyed
from gateway.paths import file_path
from gateway.start_entry import UPLOAD, entry
from kernel import clock
from kernel.errors import CHANGED_MEANWHILE, IDEMPOTENCY_IN_FLIGHT, VALIDATION, FieldError, Problem
from kernel.identifiers import new_id
from kernel.language import number, said
from marketplace import snapshots
from marketplace.snapshots import Snapshot
from policy.actions import Action
from policy.media_types import type_of
from policy.wishes import UploadWish
from quotas import reservations
from storage import folders
from storage.models import Upload
from storage.parts import MIN_BYTES, part_size_for
from tenancy.scoping import tenant_scope

Pay = Callable[..., Admission]
"""Passes the gate with what the upload will hold, and by which policy it was decided."""

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """What a client announces. Size in bytes; the checksum as 64 hex digits, or empty."""

    path: str
    size: int
    content_type: str
    sha256: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    in_parts: bool = False
    replace: bool = False


@dataclass(frozen=True, slots=True)
class _Draft:
    """An upload that the policy lets in, and the names of the folders that it goes to."""

    upload: Upload
    folders: list[str]


def start_upload(caller: Caller, request: UploadRequest, key: Keyed | None = None, pay: Pay | None = None) -> Upload:
    """Decide, pass the gate, hold the space, record. Only what is on the record is then offered to storage.

    Without `pay` the caller passed the gate before. Raises Problem: VALIDATION, SCOPE_NOT_GRANTED, what
    `require_agreed` and the policy deny, the gate's refusals, QUOTA_…_EXCEEDED, IDEMPOTENCY_IN_FLIGHT for a key that
    was used before, IDEMPOTENCY_CONFLICT for one that was used otherwise.
    """
    folder_path, name = file_path(request.path)
    caller.claims.require(Action.FILES_WRITE, folder_path)
    if request.replace:
        caller.claims.require_action(Action.FILES_LIST)  # as for every change of a file that is there
    part_size = _part_size(request)
    if pay is None:
        upload = _draft(caller, caller.current(), request, (folder_path, name))
    else:
        decide = partial(_paid, caller, request, (folder_path, name), pay)
        upload = snapshots.decided(caller.claims.tenant, caller.claims.app, decide)
    upload.part_size = part_size
    _record(caller, upload, folder_path.split("/") if folder_path else [], key)
    return upload


def start_uploads(caller: Caller, wanted: Sequence[tuple[UploadRequest, Keyed | None]]) -> list[Upload | Exception]:
    """As `start_upload`, many of a caller who passed the gate for all: by one policy, in as few commits as will do.

    What stands in the way of one is in its place, a Problem or a database's error, and nobody else's.
    """
    try:
        snapshot = caller.current()
    except Problem as problem:
        return [problem] * len(wanted)
    drafts = [_drafted(caller, snapshot, request) for request, _key in wanted]
    ready = [(draft, key) for draft, (_request, key) in zip(drafts, wanted, strict=True) if isinstance(draft, _Draft)]
    written = iter(write_each([entry(caller, draft.upload, draft.folders, key) for draft, key in ready]))
    return [
        _settled(caller, draft, key, next(written)) if isinstance(draft, _Draft) else draft
        for draft, (_request, key) in zip(drafts, wanted, strict=True)
    ]


def _drafted(caller: Caller, snapshot: Snapshot, request: UploadRequest) -> _Draft | Problem:
    try:
        folder_path, name = file_path(request.path)
        caller.claims.require(Action.FILES_WRITE, folder_path)
        upload = _draft(caller, snapshot, request, (folder_path, name))
        upload.part_size = _part_size(request)
    except Problem as problem:
        return problem
    return _Draft(upload, folder_path.split("/") if folder_path else [])


def _settled(caller: Caller, draft: _Draft, key: Keyed | None, rows: Rows | Exception) -> Upload | Exception:
    """The upload once it is recorded; what stood in the way of the first attempt may be out of it now."""
    if isinstance(rows, Exception):
        return rows
    try:
        if rows:
            draft.upload.folder_id = rows[0][0]
        else:
            _clear_the_way(caller, draft.upload, draft.folders, key)
            _record(caller, draft.upload, draft.folders, key)
    except (Problem, DatabaseError) as error:
        return error
    return draft.upload


def _paid(caller: Caller, request: UploadRequest, place: tuple[str, str], pay: Pay, snapshot: Snapshot) -> Upload:
    upload = _draft(caller, snapshot, request, place)
    pay(hold_bytes=request.size, hold_objects=1, workspace=str(snapshot.app.workspace_id), policy=snapshot.held)
    return upload


def _draft(caller: Caller, snapshot: Snapshot, request: UploadRequest, place: tuple[str, str]) -> Upload:
    """The upload as the policy lets it in. Raises the Problem of a denial."""
    folder, name = place
    require_agreed(caller, snapshot, folder)
    app, policy, now = snapshot.app, snapshot.policy, clock.now()
    wish = UploadWish(name, request.size, type_of(name, request.content_type), policy.region)
    document, labels = policy.document, snapshot.labels_of(wish)
    upload = UPLOAD.new(
        tenant_id=app.tenant_id,
        app_id=app.pk,
        name=wish.name,
        content_type=wish.content_type or "",
        declared_size=request.size,
        declared_sha256=request.sha256,
        labels=labels,
        metadata=snapshot.metadata_of(request.metadata, labels),
        reservation_id=new_id(),
        started_by=caller.actor,
        token_id=caller.claims.token_id,
        keep_days=document.lifecycle.delete_after_days,
        engines=list(document.scanning.engines),
        handling=handling_of(policy, replace=request.replace, protected_key=snapshot.protected_key).to_keep(),
        encryption_key=snapshot.encryption_key,
        created_at=now,
        expires_at=now + dt.timedelta(seconds=document.uploads.url_ttl_seconds),
    )
    upload.app = app
    return upload


def _part_size(request: UploadRequest) -> int | None:
    """Raises Problem VALIDATION."""
    if not request.in_parts:
        return None
    if request.size < MIN_BYTES:
        detail = said("Parts are for files of {least} bytes and more.").format(least=number(MIN_BYTES))
        raise Problem(VALIDATION, errors=[FieldError("/multipart", detail)], detail=detail)
    return part_size_for(request.size)


def _record(caller: Caller, upload: Upload, names: list[str], key: Keyed | None) -> None:
    """Raises Problem for what stands in the way, CHANGED_MEANWHILE where that changes all the time."""
    for _attempt in range(_ATTEMPTS):
        if rows := write(entry(caller, upload, names, key)):
            upload.folder_id = rows[0][0]
            return
        _clear_the_way(caller, upload, names, key)
    raise Problem(CHANGED_MEANWHILE)


def _clear_the_way(caller: Caller, upload: Upload, names: list[str], key: Keyed | None) -> None:
    """Make the folder if it is what was missing; else raise the Problem that it was."""
    with tenant_scope(upload.tenant_id):
        if key is not None and kept_answers.find(caller, key) is not None:
            raise Problem(IDEMPOTENCY_IN_FLIGHT)
        try:
            reservations.require_room(upload.app, upload.declared_size, upload.started_by)
        except Problem:
            space.guard(upload.app)
            raise
        folders.ensure(upload.app, "/".join(names), caller.actor)
