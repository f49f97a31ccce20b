"""Large files in parts: beginning them, signing each part, going on after a break, putting them together."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from audit.actions import AuditAction
from audit.record import record
from gateway.callers import Caller
from gateway.decisions import require_still_allowed
from gateway.reach import find_upload, require_open
from kernel import clock
from kernel.errors import VALIDATION, FieldError, Problem
from kernel.language import said
from policy.actions import Action
from storage.grants import object_metadata, object_tags, part_url
from storage.models import Upload
from storage.part_store import PartStore
from storage.parts import HeldPart, is_complete, part_count
from storage.states import UploadState
from tenancy.scoping import tenant_scope

FIRST_SIGNED = 16
"""Parts signed with the start: what a client sends in the first seconds, since the addresses end soon."""

IDLE_FOR = dt.timedelta(hours=1)
"""How long after the last signature an upload in parts may be gone on with."""

LONGEST = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class SignedPart:
    """Where one part goes."""

    number: int
    url: str


@dataclass(frozen=True, slots=True)
class SignedParts:
    """Some parts' addresses, which end together."""

    parts: tuple[SignedPart, ...]
    expires_at: dt.datetime


def begin(upload: Upload, store: PartStore) -> Upload:
    """The upload, begun in storage: once, whoever else begins it at the same moment.

    Raises Problem STORAGE_UNAVAILABLE, UPLOAD_CLOSED.
    """
    if upload.multipart_id:
        return upload
    begun = store.begin(
        upload.quarantine_key,
        upload.content_type,
        object_metadata(upload),
        object_tags(upload),
        encryption_key=upload.encryption_key,
    )
    with tenant_scope(upload.tenant_id):
        waiting = Upload.objects.filter(pk=upload.pk, state=UploadState.STARTED, multipart_id="")
        is_ours = waiting.update(multipart_id=begun, expires_at=clock.now() + IDLE_FOR)
        current: Upload = Upload.objects.select_related("folder").get(pk=upload.pk)
    if not is_ours:
        store.discard(upload.quarantine_key, begun)
    require_open(current)
    return current


def sign_first(caller: Caller, upload: Upload) -> SignedParts:
    """The addresses of the first parts of an upload that was begun. Raises Problem as `sign_parts` does."""
    return sign_parts(caller, upload.id, range(1, min(part_count(upload), FIRST_SIGNED) + 1))


def sign_parts(caller: Caller, upload_id: uuid.UUID, numbers: Iterable[int]) -> SignedParts:
    """Fresh addresses, each on the record, for parts that are sent first, anew, or after a break.

    Raises Problem NOT_FOUND, SCOPE_NOT_GRANTED, UPLOAD_CLOSED, VALIDATION for parts that there aren't, and the
    policy's denials.
    """
    caller.claims.require_action(Action.FILES_WRITE)
    wanted, now = list(dict.fromkeys(numbers)), clock.now()
    with tenant_scope(caller.claims.tenant):
        upload = find_upload(caller, upload_id, locked=True)
        require_open(upload)
        _require_parts(upload, wanted)
        lives = require_still_allowed(caller.app(), upload).document.uploads.url_ttl_seconds
        _renew(upload, now)
        for number in wanted:
            _record(caller, upload, number, lives)
    urls = (SignedPart(number, part_url(upload, number, lives_seconds=lives, now=now)) for number in wanted)
    return SignedParts(tuple(urls), now + dt.timedelta(seconds=lives))


def held_parts(caller: Caller, upload_id: uuid.UUID, store: PartStore) -> list[HeldPart]:
    """The parts that storage has: what a client needs not send again. Raises Problem NOT_FOUND, UPLOAD_CLOSED."""
    caller.claims.require_action(Action.FILES_WRITE)
    with tenant_scope(caller.claims.tenant):
        upload = find_upload(caller, upload_id)
    require_open(upload)
    return (store.held(upload.quarantine_key, upload.multipart_id) if upload.multipart_id else None) or []


def assemble(upload: Upload, named: Sequence[tuple[int, str]], store: PartStore) -> None:
    """Let storage make the object of its parts, which the server lists itself.

    Whatever the client names must be what storage has, in order. Where storage knows the parts no more, or only some,
    they weren't all sent, or somebody is faster at this moment, or was killed right after: whether the object is there
    tells. Raises Problem VALIDATION.
    """
    held = store.held(upload.quarantine_key, upload.multipart_id) if upload.multipart_id else []
    if held is None or not is_complete(upload, held):
        return
    if named and list(named) != [(part.number, part.etag) for part in held]:
        detail = said("These aren't the parts that storage has.")
        raise Problem(VALIDATION, errors=[FieldError("/parts", detail)], detail=detail)
    store.finish(upload.quarantine_key, upload.multipart_id, held)


def _require_parts(upload: Upload, numbers: Sequence[int]) -> None:
    """Raises Problem VALIDATION."""
    last = part_count(upload) if upload.multipart_id else 0
    if any(not 1 <= number <= last for number in numbers):
        words = said("The parts of this upload are 1 to {last}.") if last else said("This upload has no parts.")
        detail = words.format(last=last)
        raise Problem(VALIDATION, errors=[FieldError("/numbers", detail)], detail=detail)


def _renew(upload: Upload, now: dt.datetime) -> None:
    upload.expires_at = min(now + IDLE_FOR, upload.created_at + LONGEST)
    if upload.has_lapsed(now):
        upload.state = UploadState.EXPIRED
        require_open(upload)
    upload.save(update_fields=["expires_at"])


def _record(caller: Caller, upload: Upload, number: int, lives: int) -> None:
    record(
        AuditAction.PART_URL_SIGNED,
        actor=caller.actor,
        app_id=upload.app_id,
        subject=f"upload:{upload.id}",
        token=caller.claims.token_id,
        part=number,
        lives_seconds=lives,
    )
