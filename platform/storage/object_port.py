"""The port to object storage.

The promise: every call names one key of our grammar; a key that isn't there is None or nothing, never an error; what
storage can't answer in time raises Problem STORAGE_UNAVAILABLE.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from kernel.object_keys import ObjectKey


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """What storage says of one object. Size in bytes; the checksum in base64 as S3 gives it."""

    size: int
    etag: str
    content_type: str
    metadata: Mapping[str, str]
    encryption: str
    encryption_key: str
    sha256: str
    overrides: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Carried:
    """What a copy says of itself, in place of what its source says."""

    content_type: str
    metadata: Mapping[str, str]


class ObjectStore(Protocol):
    """What Gatehouse needs of storage."""

    def head(self, key: ObjectKey) -> ObjectFacts | None:
        """The object's facts, or None."""

    def look_again(self, key: ObjectKey) -> ObjectFacts | None:
        """As `head`, from an answer that can't have been cut off unnoticed. The checksum may be missing."""

    def read(self, key: ObjectKey, etag: str, first_bytes: int | None = None) -> Iterator[bytes]:
        """The object's bytes in chunks, pinned to the ETag. Raises ObjectChangedError."""

    def copy(
        self,
        source: ObjectKey,
        etag: str,
        target: ObjectKey,
        tags: Mapping[str, str],
        *,
        encryption_key: str,
        size: int = 0,
        carrying: Carried | None = None,
    ) -> str:
        """Copy one object, pinned to the ETag; returns the copy's ETag. Raises ObjectChangedError.

        Who may wait for minutes, a worker, tells the `size` in bytes: storage answers once it has copied all of it.
        Type and metadata are the source's, or what the copy is `carrying`.
        """

    def put(
        self,
        key: ObjectKey,
        body: bytes,
        content_type: str,
        tags: Mapping[str, str],
        metadata: Mapping[str, str] | None = None,
        *,
        encryption_key: str,
    ) -> str:
        """Store an object that the platform made itself, small enough for memory; returns its ETag."""

    def delete(self, key: ObjectKey) -> None:
        """Remove an object with all its versions; one that isn't there is fine.

        What storage's own lock keeps, by a hold that was placed there, stays: the reconcile tells of it.
        """
