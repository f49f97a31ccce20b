"""Looking at what arrived in quarantine: is it what was announced, and what is it really?"""

import uuid

from kernel.errors import UPLOAD_ALTERED, UPLOAD_NOT_RECEIVED, Problem
from storage import encryption
from storage.grants import object_metadata, sha256_as_base64
from storage.models import Upload
from storage.object_store import ObjectFacts, ObjectStore
from storage.part_store import part_store
from storage.states import UploadState
from tenancy.scoping import tenant_scope

HEAD_BYTES = 64 * 1024


def arrived(store: ObjectStore, upload: Upload) -> ObjectFacts:
    """The facts of the object in quarantine. Raises Problem UPLOAD_NOT_RECEIVED, STORAGE_UNAVAILABLE."""
    facts = store.head(upload.quarantine_key)
    if facts is None:
        raise Problem(UPLOAD_NOT_RECEIVED, name=upload.name)
    return facts if _is_whole(upload, facts) else store.look_again(upload.quarantine_key) or facts


def _is_whole(upload: Upload, facts: ObjectFacts) -> bool:
    """Whether the answer has everything that storage takes no object without.

    An answer without a body may be cut off between two of its lines without anybody noticing (RFC 9112 §8); what is
    missing counts against a file only if it is missing in an answer that surely is whole.
    """
    return bool(facts.content_type and facts.encryption) and set(object_metadata(upload)) <= set(facts.metadata)


def alteration(upload: Upload, facts: ObjectFacts) -> Problem | None:
    """UPLOAD_ALTERED where the object differs from what the form allowed.

    Storage enforces the conditions; this catches what it lets through: fields that the policy doesn't name.
    """
    as_announced = (
        _size_agrees(upload, facts)
        and facts.content_type == upload.content_type
        and dict(facts.metadata) == object_metadata(upload)
        and encryption.is_by(upload.encryption_key, facts.encryption, facts.encryption_key)
        and not _overridden(facts)
        and _checksum_agrees(upload, facts)
    )
    return None if as_announced else Problem(UPLOAD_ALTERED, name=upload.name)


def clear(store: ObjectStore, upload: Upload) -> None:
    """Leave nothing in quarantine of an upload that has ended: neither an object nor parts of one."""
    if upload.multipart_id:
        part_store().discard(upload.quarantine_key, upload.multipart_id)
    store.delete(upload.quarantine_key)


def awaits_parts(tenant_id: uuid.UUID, multipart_id: str) -> bool:
    """Whether a started upload still waits for parts under storage's id."""
    with tenant_scope(tenant_id):
        started = Upload.objects.filter(state=UploadState.STARTED, multipart_id=multipart_id)
        return bool(started.exists())


def first_bytes(store: ObjectStore, upload: Upload, etag: str) -> bytes:
    """The object's head, enough to tell what it is."""
    return b"".join(store.read(upload.quarantine_key, etag, HEAD_BYTES))


def _size_agrees(upload: Upload, facts: ObjectFacts) -> bool:
    """A form lets fewer bytes through; parts must add up."""
    if upload.part_size:
        return facts.size == upload.declared_size
    return 0 < facts.size <= upload.declared_size


def _overridden(facts: ObjectFacts) -> bool:
    """Some storages keep a request's own Cache-Control, which browsers send with a form that no script sends."""
    return any(given != ("CacheControl", "max-age=0") for given in facts.overrides.items())


def _checksum_agrees(upload: Upload, facts: ObjectFacts) -> bool:
    """Storage knows no checksum of what came in parts; the scanners read it all and compare it then."""
    if not upload.declared_sha256 or upload.part_size:
        return True
    return facts.sha256 == sha256_as_base64(upload.declared_sha256)
