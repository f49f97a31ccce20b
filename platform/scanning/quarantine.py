"""The bytes of one upload while they are looked at: every engine must see the same ones, and only those may stay.

An ETag is an MD5 sum, and two files of one MD5 sum can be made on purpose; until its form lapses, the client may
send such a twin over the file that is being scanned. So the bytes are told by SHA-256 as they pass.
"""

import hashlib
from collections.abc import Iterable, Iterator

from scanning.content import HEAD_BYTES
from storage.models import Upload
from storage.object_store import ObjectChangedError, ObjectStore


class QuarantinedFile:
    """An engine's `Source` over an object in quarantine, pinned to the ETag that was seen at completion."""

    def __init__(self, store: ObjectStore, upload: Upload) -> None:
        self._store, self._upload = store, upload
        self._head: bytes | None = None
        self._fingerprint: str | None = None

    @property
    def content_type(self) -> str:
        """The type that storage was made to enforce."""
        return self._upload.content_type

    @property
    def size(self) -> int:
        """The size seen at completion, in bytes."""
        return self._upload.actual_size or 0

    def head(self) -> bytes:
        """The first 64 kB, read once. Raises ObjectChangedError, Problem STORAGE_UNAVAILABLE."""
        if self._head is None:
            self._head = b"".join(self._read(HEAD_BYTES))
        return self._head

    def chunks(self) -> Iterator[bytes]:
        """All bytes, each time the same. Raises ObjectChangedError, Problem STORAGE_UNAVAILABLE."""
        expected, head, seen = self.head(), bytearray(), hashlib.sha256()
        for chunk in self._read():
            if len(head) < len(expected):
                head += chunk[: len(expected) - len(head)]
            seen.update(chunk)
            yield chunk
        if bytes(head) != expected or self._fingerprint not in {None, seen.hexdigest()}:
            raise ObjectChangedError
        self._fingerprint = seen.hexdigest()

    def fingerprint(self) -> str:
        """The SHA-256 of what the engines saw. Reads it all where no engine did."""
        if self._fingerprint is None:
            for _ in self.chunks():
                pass
        return self._fingerprint or ""

    def _read(self, first_bytes: int | None = None) -> Iterator[bytes]:
        return self._store.read(self._upload.quarantine_key, self._upload.etag, first_bytes)


def fingerprint_of(chunks: Iterable[bytes]) -> str:
    """The SHA-256 of these bytes, in hex."""
    seen = hashlib.sha256()
    for chunk in chunks:
        seen.update(chunk)
    return seen.hexdigest()
