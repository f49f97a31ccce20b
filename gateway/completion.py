"""uploadComplete: one idempotent function for clients that say so, and for storage that says so in their place."""

import uuid
from collections.abc import Sequence

import structlog
from django.db import transaction

from gateway.callers import Caller
from gateway.handoff import hand_to_scanners
from gateway.multipart import assemble
from gateway.reach import find_upload, running_or_done, unless_closed
from kernel.errors import FILE_CONTENT_MISMATCH, UPLOAD_ALTERED, UPLOAD_CLOSED, UPLOAD_NOT_RECEIVED, Problem
from kernel.object_keys import ObjectKey
from policy.actions import Action
from scanning.content import contradiction
from scanning.kinds import type_words
from scanning.owner_notices import tell_of
from storage import transitions
from storage.arrivals import alteration, arrived, clear, first_bytes
from storage.models import Upload
from storage.object_store import ObjectChangedError, ObjectFacts, ObjectStore
from storage.part_store import PartStore
from storage.states import UploadState
from tenancy.principals import Principal, system_principal
from tenancy.scoping import tenant_scope

_log = structlog.get_logger(__name__)
_GATEWAY, _STORAGE = system_principal("gateway"), system_principal("storage")


def complete_upload(
    caller: Caller, upload_id: uuid.UUID, store: ObjectStore, parts: PartStore, named: Sequence[tuple[int, str]] = ()
) -> Upload:
    """uploadComplete: the client says that the bytes were sent, and may name the parts that it sent.

    Raises Problem SCOPE_NOT_GRANTED, NOT_FOUND, and as `settle_arrival` does.
    """
    caller.claims.require_action(Action.FILES_WRITE)
    with tenant_scope(caller.claims.tenant):
        upload = find_upload(caller, upload_id)
    return settle_arrival(upload, store, parts, named, actor=caller.actor)


def complete_for_client(key: ObjectKey, store: ObjectStore, parts: PartStore) -> None:
    """As uploadComplete, in place of a client that vanished: storage says that an object is there.

    What isn't waited for, or isn't there after all, changes nothing. Raises Problem STORAGE_UNAVAILABLE.
    """
    with tenant_scope(key.tenant):
        upload = Upload.objects.filter(pk=key.name, app_id=key.app, state=UploadState.STARTED).first()
    if upload is None or store.head(key) is None:
        return
    try:
        settle_arrival(upload, store, parts, actor=_STORAGE)
    except Problem as problem:
        if problem.type not in {UPLOAD_CLOSED, UPLOAD_NOT_RECEIVED}:
            raise
        _log.info("arrival_was_overtaken", upload=str(key.name), problem=problem.type.code)


def settle_arrival(
    upload: Upload,
    store: ObjectStore,
    parts: PartStore,
    named: Sequence[tuple[int, str]] = (),
    *,
    actor: Principal | str,
) -> Upload:
    """Never trust the client: look at what arrived, settle the space, hand it to the scanners.

    Idempotent. Raises Problem UPLOAD_NOT_RECEIVED, UPLOAD_CLOSED, STORAGE_UNAVAILABLE, and VALIDATION for parts that
    storage doesn't have; what isn't what was announced ends the upload as rejected.
    """
    if upload.state != UploadState.STARTED:
        return running_or_done(upload)
    if upload.part_size:
        assemble(upload, named, parts)
    facts = arrived(store, upload)
    problem = alteration(upload, facts) or _contradiction(store, upload, facts)
    with tenant_scope(upload.tenant_id):
        received = _receive(upload, facts, problem, actor)
    if received.state == UploadState.REJECTED:
        clear(store, received)
    return received


def _contradiction(store: ObjectStore, upload: Upload, facts: ObjectFacts) -> Problem | None:
    try:
        head = first_bytes(store, upload, facts.etag)
    except ObjectChangedError:
        return Problem(UPLOAD_ALTERED, name=upload.name)
    if contradiction(upload.content_type, head) is None:
        return None
    return Problem(FILE_CONTENT_MISMATCH, name=upload.name, type=type_words(upload.content_type))


def _receive(upload: Upload, facts: ObjectFacts, problem: Problem | None, actor: Principal | str) -> Upload:
    if problem is not None:
        refused = unless_closed(upload, lambda: transitions.reject(upload.id, problem, actor=_GATEWAY))
        tell_of(refused)
        return refused
    received = unless_closed(
        upload, lambda: transitions.receive(upload.id, size=facts.size, etag=facts.etag, actor=actor)
    )
    transaction.on_commit(lambda: hand_to_scanners(received))
    return received
