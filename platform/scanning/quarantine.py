"""The bytes of one upload while they are looked at: every engine must see the same ones, and only those may stay.

An ETag is an MD5 sum, and two files of one MD5 sum can be made on purpose; until its form lapses, the client may
send such a twin over the file that is being scanned. So the bytes are told by SHA-256 as they pass.
"""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import IO, Self

from kernel.object_keys import ObjectKey
from scanning.content import HEAD_BYTES
from scanning.engines.port import EngineUnavailableError
from storage.models import StoredFile, Upload
from storage.object_store import ObjectChangedError, ObjectStore


class PinnedFile:
    """An engine's `Source` over an object in storage, pinned to the ETag under which it was verified."""

    def __init__(
        self, store: ObjectStore, key: ObjectKey, etag: str, *, name: str, content_type: str, size: int
    ) -> None:
        self._store, self._key, self._etag = store, key, etag
        self._name, self._content_type, self._size = name, content_type, size
        self._head: bytes | None = None
        self._fingerprint: str | None = None
        self._disk: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._disk is not None:
            self._disk.close()

    @property
    def name(self) -> str:
        """What the person called it."""
        return self._name

    @property
    def content_type(self) -> str:
        """The type that storage was made to enforce."""
        return self._content_type

    @property
    def size(self) -> int:
        """The size seen at completion, in bytes."""
        return self._size

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

    def on_disk(self) -> IO[bytes]:
        """A file without a name that goes with the process, however that ends. Raises EngineUnavailableError."""
        if self._disk is None:
            self._disk = written(self.chunks())
        self._disk.seek(0)
        return self._disk

    def fingerprint(self) -> str:
        """The SHA-256 of what the engines saw. Reads it all where no engine did."""
        if self._fingerprint is None:
            for _ in self.chunks():
                pass
        return self._fingerprint or ""

    def _read(self, first_bytes: int | None = None) -> Iterator[bytes]:
        return self._store.read(self._key, self._etag, first_bytes)


class QuarantinedFile(PinnedFile):
    """An upload's bytes in quarantine."""

    def __init__(self, store: ObjectStore, upload: Upload) -> None:
        super().__init__(
            store,
            upload.quarantine_key,
            upload.etag,
            name=upload.name,
            content_type=upload.content_type,
            size=upload.actual_size or 0,
        )


class FiledFile(PinnedFile):
    """A file's bytes where they stand since they were found clean."""

    def __init__(self, store: ObjectStore, stored: StoredFile) -> None:
        super().__init__(
            store, stored.key(), stored.etag, name=stored.name, content_type=stored.content_type, size=stored.size
        )


def written(chunks: Iterable[bytes]) -> IO[bytes]:
    """These bytes as a file without a name. Raises EngineUnavailableError where the disk takes them not."""
    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked closes it
    except OSError as error:
        raise _disk_error(error) from error
    try:
        file.writelines(chunks)
        file.flush()
    except OSError as error:
        file.close()
        raise _disk_error(error) from error
    except BaseException:
        file.close()
        raise
    return file


def _disk_error(error: OSError) -> EngineUnavailableError:
    return EngineUnavailableError(f"The worker's disk takes no file: {error.strerror}.")


def fingerprint_of(chunks: Iterable[bytes]) -> str:
    """The SHA-256 of these bytes, in hex."""
    seen = hashlib.sha256()
    for chunk in chunks:
        seen.update(chunk)
    return seen.hexdigest()
