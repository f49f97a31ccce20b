"""Looking at what arrived in quarantine: is it what was announced, and what is it really?"""

from kernel.errors import UPLOAD_ALTERED, UPLOAD_NOT_RECEIVED, Problem
from storage.grants import object_metadata, sha256_as_base64
from storage.models import Upload
from storage.object_store import ObjectFacts, ObjectStore

HEAD_BYTES = 64 * 1024


def arrived(store: ObjectStore, upload: Upload) -> ObjectFacts:
    """The facts of the object in quarantine. Raises Problem UPLOAD_NOT_RECEIVED."""
    facts = store.head(upload.quarantine_key)
    if facts is None:
        raise Problem(UPLOAD_NOT_RECEIVED, name=upload.name)
    return facts


def alteration(upload: Upload, facts: ObjectFacts) -> Problem | None:
    """UPLOAD_ALTERED where the object differs from what the form allowed.

    Storage enforces the conditions; this catches what it lets through: fields that the policy doesn't name.
    """
    as_announced = (
        0 < facts.size <= upload.declared_size
        and facts.content_type == upload.content_type
        and dict(facts.metadata) == object_metadata(upload)
        and facts.encryption == "AES256"
        and not facts.overrides
        and _checksum_agrees(upload, facts)
    )
    return None if as_announced else Problem(UPLOAD_ALTERED, name=upload.name)


def first_bytes(store: ObjectStore, upload: Upload, etag: str) -> bytes:
    """The object's head, enough to tell what it is."""
    return b"".join(store.read(upload.quarantine_key, etag, HEAD_BYTES))


def _checksum_agrees(upload: Upload, facts: ObjectFacts) -> bool:
    return not upload.declared_sha256 or facts.sha256 == sha256_as_base64(upload.declared_sha256)
