"""uploadComplete: one idempotent function for clients that say so, and for storage that says so in their place."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import structlog
from django.db import DatabaseError, transaction

from gateway.callers import Caller
from gateway.handoff import hand_to_scanners
from gateway.multipart import assemble
from gateway.reach import find_upload, find_uploads, running_or_done, unless_closed
from kernel.errors import (
    FILE_CONTENT_MISMATCH,
    NOT_FOUND,
    STORAGE_UNAVAILABLE,
    UPLOAD_ALTERED,
    UPLOAD_CLOSED,
    UPLOAD_NOT_RECEIVED,
    Problem,
)
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

_SETTLED_AT_ONCE = 25
"""So many of a batch in one commit: while it runs, nobody else changes the quotas that they count for."""

Parts = Sequence[tuple[int, str]]
"""The parts that a client says it sent: their numbers, and storage's ETags."""

T = TypeVar("T")


def complete_upload(
    caller: Caller, upload_id: uuid.UUID, store: ObjectStore, parts: PartStore, named: Parts = ()
) -> Upload:
    """uploadComplete: the client says that the bytes were sent, and may name the parts that it sent.

    Raises Problem SCOPE_NOT_GRANTED, NOT_FOUND, and as `settle_arrival` does.
    """
    caller.claims.require_action(Action.FILES_WRITE)
    with tenant_scope(caller.claims.tenant):
        upload = find_upload(caller, upload_id)
    return settle_arrival(upload, store, parts, named, actor=caller.actor)


def complete_uploads(
    caller: Caller, wanted: Sequence[tuple[uuid.UUID, Parts]], store: ObjectStore, parts: PartStore
) -> list[Upload | Problem]:
    """As `complete_upload`, many: storage is asked about each, what it says is recorded in few commits.

    One's refusal is its own. Once storage doesn't answer, it isn't waited for again a hundred times.
    """
    named = dict(reversed(wanted))
    with tenant_scope(caller.claims.tenant):
        found = find_uploads(caller, named)
    outcomes = _look_at_each(caller, named, found, store, parts)
    arrivals = sorted((each for each in outcomes.values() if isinstance(each, _Arrival)), key=_by_id)
    for first in range(0, len(arrivals), _SETTLED_AT_ONCE):
        outcomes |= _settle_each(arrivals[first : first + _SETTLED_AT_ONCE], store, caller.actor)
    return [outcomes[upload_id] for upload_id, _parts in wanted]  # type: ignore[misc]  # every arrival is settled


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
    upload: Upload, store: ObjectStore, parts: PartStore, named: Parts = (), *, actor: Principal | str
) -> Upload:
    """Never trust the client: look at what arrived, settle the space, hand it to the scanners.

    Idempotent. Raises Problem UPLOAD_NOT_RECEIVED, UPLOAD_CLOSED, STORAGE_UNAVAILABLE, and VALIDATION for parts that
    storage doesn't have; what isn't what was announced ends the upload as rejected.
    """
    seen = _look(upload, store, parts, named)
    if isinstance(seen, Upload):
        return seen
    with tenant_scope(upload.tenant_id):
        received = _receive(seen, actor)
    if received.state == UploadState.REJECTED:
        clear(store, received)
    return received


@dataclass(frozen=True, slots=True)
class _Arrival:
    """What storage has of an upload, and what is wrong with it."""

    upload: Upload
    facts: ObjectFacts
    problem: Problem | None


def _look_at_each(
    caller: Caller,
    named: Mapping[uuid.UUID, Parts],
    found: Mapping[uuid.UUID, Upload],
    store: ObjectStore,
    parts: PartStore,
) -> dict[uuid.UUID, _Arrival | Upload | Problem]:
    outcomes: dict[uuid.UUID, _Arrival | Upload | Problem] = {}
    outage: Problem | None = None
    for upload_id in named:
        look = partial(_found_arrival, caller, found.get(upload_id), store, parts, named)
        outcomes[upload_id] = seen = _or_problem(look) if outage is None else outage
        if isinstance(seen, Problem) and seen.type is STORAGE_UNAVAILABLE:
            outage = seen
    return outcomes


def _found_arrival(
    caller: Caller, upload: Upload | None, store: ObjectStore, parts: PartStore, named: Mapping[uuid.UUID, Parts]
) -> _Arrival | Upload:
    """Raises Problem as `complete_upload` does."""
    caller.claims.require_action(Action.FILES_WRITE)
    if upload is None:
        raise Problem(NOT_FOUND)
    return _look(upload, store, parts, named[upload.pk])


def _look(upload: Upload, store: ObjectStore, parts: PartStore, named: Parts) -> _Arrival | Upload:
    """What arrived, or the upload where that was settled before. Raises Problem as `settle_arrival` does."""
    if upload.state != UploadState.STARTED:
        return running_or_done(upload)
    if upload.part_size:
        assemble(upload, named, parts)
    facts = arrived(store, upload)
    return _Arrival(upload, facts, alteration(upload, facts) or _contradiction(store, upload, facts))


def _settle_each(
    arrivals: Sequence[_Arrival], store: ObjectStore, actor: Principal | str
) -> dict[uuid.UUID, Upload | Problem]:
    """In one transaction; where the database lets it down, each in its own, so that nobody fails for another."""
    try:
        with tenant_scope(arrivals[0].upload.tenant_id):
            transitions.lock(each.upload.pk for each in arrivals)
            settled = _receive_each([each for each in arrivals if each.problem is None], actor)
            refused = (each for each in arrivals if each.problem is not None)
            settled |= {each.upload.pk: _or_problem(partial(_receive, each, actor)) for each in refused}
    except DatabaseError:
        if len(arrivals) == 1:
            return {arrivals[0].upload.pk: Problem(STORAGE_UNAVAILABLE)}
        return {key: one for each in arrivals for key, one in _settle_each([each], store, actor).items()}
    for upload in settled.values():
        if isinstance(upload, Upload) and upload.state == UploadState.REJECTED:
            clear(store, upload)
    return settled


def _or_problem(do: Callable[[], T]) -> T | Problem:
    try:
        return do()
    except Problem as problem:
        return problem


def _by_id(arrival: _Arrival) -> uuid.UUID:
    return arrival.upload.pk


def _contradiction(store: ObjectStore, upload: Upload, facts: ObjectFacts) -> Problem | None:
    try:
        head = first_bytes(store, upload, facts.etag)
    except ObjectChangedError:
        return Problem(UPLOAD_ALTERED, name=upload.name)
    if contradiction(upload.content_type, head) is None:
        return None
    return Problem(FILE_CONTENT_MISMATCH, name=upload.name, type=type_words(upload.content_type))


def _receive_each(arrivals: Sequence[_Arrival], actor: Principal | str) -> dict[uuid.UUID, Upload | Problem]:
    """As `_receive`, those with nothing wrong. Must run in the tenant's scope."""
    if not arrivals:
        return {}
    arrived = {each.upload.pk: (each.facts.size, each.facts.etag) for each in arrivals}
    now = transitions.receive_each(arrivals[0].upload.app_id, arrived, actor=actor)
    for upload in now.values():
        if upload.state == UploadState.RECEIVED:
            transaction.on_commit(partial(hand_to_scanners, upload))
    return {key: _or_problem(partial(running_or_done, upload)) for key, upload in now.items()}


def _receive(arrival: _Arrival, actor: Principal | str) -> Upload:
    """Must run in the tenant's scope. Raises Problem UPLOAD_CLOSED."""
    upload, facts, problem = arrival.upload, arrival.facts, arrival.problem
    if problem is not None:
        refused = unless_closed(upload, lambda: transitions.reject(upload.id, problem, actor=_GATEWAY))
        tell_of(refused)
        return refused
    received = unless_closed(
        upload, lambda: transitions.receive(upload.id, size=facts.size, etag=facts.etag, actor=actor)
    )
    transaction.on_commit(lambda: hand_to_scanners(received))
    return received
