"""Every step that an upload can take: under its row's lock, with its audit event, in one transaction.

A step that the upload's state doesn't allow raises IllegalTransitionError. Asking for the state that is reached
already changes nothing, so callers may repeat themselves.
"""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from audit.record import record, record_each
from kernel import clock
from kernel.errors import Problem
from quotas import reservations
from storage.filing import file_available
from storage.models import Upload
from storage.states import NEXT, RECORDED_AS, UploadState
from tenancy.principals import Principal

Arrived = tuple[int, str]
"""What of an upload storage has: its size in bytes, and its ETag."""


class IllegalTransitionError(RuntimeError):
    """The upload isn't in a state from which this step leads on."""


def lock(upload_ids: Iterable[uuid.UUID]) -> None:
    """Lock the rows of many uploads, before any of them takes a step in this transaction.

    A step locks quotas. Whoever had done that for one upload and then waited for another's row would wait for whoever
    holds that row and waits for the quotas.
    """
    rows = Upload.objects.filter(pk__in=list(upload_ids)).order_by("pk").select_for_update()
    list(rows.values_list("pk", flat=True))


def receive(upload_id: uuid.UUID, *, size: int, etag: str, actor: Principal | str) -> Upload:
    """The bytes arrived and were verified: the hold becomes use of their actual size (bytes)."""
    upload, changed = _step(upload_id, UploadState.RECEIVED, actor, actual_size=size, etag=etag)
    if changed:
        reservations.settle(upload.reservation, size)
    return upload


def receive_each(
    app_id: uuid.UUID, arrived: Mapping[uuid.UUID, Arrived], *, actor: Principal | str
) -> dict[uuid.UUID, Upload]:
    """As `receive`, many of one app in as many statements as one; each as it is then, received now or not.

    Locks their rows in order first, then those of their quotas.
    """
    rows = Upload.objects.filter(pk__in=list(arrived), app_id=app_id).select_related("reservation__app", "folder")
    uploads = {upload.pk: upload for upload in rows.order_by("pk").select_for_update(of=("self",))}
    received = [upload for upload in uploads.values() if UploadState.RECEIVED in NEXT[UploadState(upload.state)]]
    now = clock.now()
    for upload in received:
        upload.state, upload.state_changed_at = UploadState.RECEIVED, now
        upload.actual_size, upload.etag = arrived[upload.pk]
    Upload.objects.bulk_update(received, ["state", "state_changed_at", "actual_size", "etag"])
    subjects: list[tuple[str, dict[str, Any]]] = [(f"upload:{upload.id}", {}) for upload in received]
    record_each(RECORDED_AS[UploadState.RECEIVED], actor=actor, app_id=app_id, subjects=subjects)
    reservations.settle_each([(upload.reservation, upload.actual_size or 0) for upload in received])
    return uploads


def begin_scan(upload_id: uuid.UUID, *, actor: Principal | str) -> Upload:
    """A worker looks at the bytes now. What a person must decide about first is left to them."""
    return _step(upload_id, UploadState.SCANNING, actor, leaving=UploadState.RECEIVED)[0]


def hold(upload_id: uuid.UUID, problem: Problem, *, actor: Principal | str) -> Upload:
    """The bytes wait for a person, for a catalogued reason; the space they take stays theirs."""
    return _step(upload_id, UploadState.HELD, actor, problem_code=problem.type.code, problem_facts=problem.facts)[0]


def let_go_on(upload_id: uuid.UUID, *, actor: Principal | str) -> Upload:
    """A person decided that a held upload may go on: a worker looks at it once more, and files it."""
    return _step(upload_id, UploadState.SCANNING, actor, leaving=UploadState.HELD, problem_code="", problem_facts={})[0]


def make_available(upload_id: uuid.UUID, *, etag: str, actor: Principal | str, size: int | None = None) -> Upload:
    """Every engine found the bytes clean and they stand under their clean key with this ETag.

    `size` in bytes, where fewer are stored than came: what is used shrinks to it. Files the upload once: repeated
    after its file was deleted, this brings nothing back.
    """
    upload, changed = _step(upload_id, UploadState.AVAILABLE, actor)
    if changed:
        stored = upload.actual_size or upload.declared_size if size is None else size
        reservations.shrink(upload.reservation, stored)
        file_available(upload, etag, stored)
    return upload


def reject(upload_id: uuid.UUID, problem: Problem, *, actor: Principal | str) -> Upload:
    """The bytes may not stay, for a catalogued reason; the space they took is given back."""
    upload, changed = _step(
        upload_id, UploadState.REJECTED, actor, problem_code=problem.type.code, problem_facts=problem.facts
    )
    if changed:
        reservations.release(upload.reservation)
    return upload


def expire(upload_id: uuid.UUID, *, actor: Principal | str) -> Upload:
    """The form lapsed and nothing arrived; the hold is given back."""
    return _end(upload_id, UploadState.EXPIRED, actor)


def abort(upload_id: uuid.UUID, *, actor: Principal | str) -> Upload:
    """The client gave up; the hold is given back."""
    return _end(upload_id, UploadState.ABORTED, actor)


def _end(upload_id: uuid.UUID, state: UploadState, actor: Principal | str) -> Upload:
    upload, changed = _step(upload_id, state, actor)
    if changed:
        reservations.release(upload.reservation)
    return upload


def _step(
    upload_id: uuid.UUID,
    to: UploadState,
    actor: Principal | str,
    *,
    leaving: UploadState | None = None,
    **changes: Any,
) -> tuple[Upload, bool]:
    upload: Upload = Upload.objects.select_for_update(of=("self",)).select_related("reservation__app").get(pk=upload_id)
    if upload.state == to:
        return upload, False
    if to not in NEXT[UploadState(upload.state)] or upload.state != (leaving or upload.state):
        raise IllegalTransitionError(f"An upload can't become {to} when it is {upload.state}.")
    _write(upload, to, changes)
    detail = {"problem": changes["problem_code"]} if changes.get("problem_code") else {}
    record(RECORDED_AS[to], actor=actor, app_id=upload.app_id, subject=f"upload:{upload.id}", **detail)
    return upload, True


def _write(upload: Upload, to: UploadState, changes: dict[str, Any]) -> None:
    changes |= {"state": to, "state_changed_at": clock.now()}
    for name, value in changes.items():
        setattr(upload, name, value)
    upload.save(update_fields=list(changes))
