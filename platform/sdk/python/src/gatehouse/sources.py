"""Where an upload's bytes come from, a little at a time, as often as they are needed."""

import hashlib
import mimetypes
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gatehouse.problems import file_changed

_CHUNK_BYTES = 256 * 1024


class Source(Protocol):
    """A file's bytes. `key` tells it from every other file, so that a later try can go on with it."""

    @property
    def name(self) -> str:
        """What it is called, if anything."""

    @property
    def size(self) -> int:
        """How many bytes."""

    @property
    def key(self) -> str:
        """The same for the same bytes, another for others."""

    def read(self, start: int, length: int) -> Iterator[bytes]:
        """A stretch of it, in chunks."""


@dataclass(frozen=True, slots=True)
class BytesSource:
    """Bytes in memory."""

    data: bytes
    name: str = ""

    @property
    def size(self) -> int:
        """How many bytes."""
        return len(self.data)

    @property
    def key(self) -> str:
        """Their fingerprint."""
        return hashlib.sha256(self.data).hexdigest()

    def read(self, start: int, length: int) -> Iterator[bytes]:
        """A stretch of them, in chunks."""
        for at in range(start, start + length, _CHUNK_BYTES):
            yield self.data[at : min(at + _CHUNK_BYTES, start + length)]


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file on disk, as it was when the upload began: what changes meanwhile is noticed, not sent."""

    path: Path
    size: int
    changed_ns: int

    @classmethod
    def of(cls, path: str | os.PathLike[str]) -> "FileSource":
        """The file at the path. Raises OSError when it can't be read."""
        facts = Path(path).stat()
        return cls(Path(path), facts.st_size, facts.st_mtime_ns)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.path.name

    @property
    def key(self) -> str:
        """Where it is, how large, and when it last changed."""
        return f"{self.path.absolute()}:{self.size}:{self.changed_ns}"

    def read(self, start: int, length: int) -> Iterator[bytes]:
        """A stretch of it, in chunks. Raises GatehouseProblem UPLOAD_ALTERED."""
        with self.path.open("rb") as file:
            facts = os.fstat(file.fileno())
            if (facts.st_size, facts.st_mtime_ns) != (self.size, self.changed_ns):
                raise file_changed(self.name)
            file.seek(start)
            while length:
                chunk = file.read(min(_CHUNK_BYTES, length))
                if not chunk:
                    raise file_changed(self.name)
                length -= len(chunk)
                yield chunk


def source_of(file: str | os.PathLike[str] | bytes) -> Source:
    """A path or bytes as a source."""
    return BytesSource(file) if isinstance(file, bytes) else FileSource.of(file)


def type_of(name: str) -> str:
    """What a file seems to be by its name."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


@dataclass(frozen=True, slots=True)
class PartBody:
    """A stretch of a source as a request's body; tells how much of it was taken."""

    source: Source
    start: int
    length: int
    on_sent: Callable[[int], None]

    def chunks(self) -> Iterator[bytes]:
        """All of it, from its beginning."""
        sent = 0
        for chunk in self.source.read(self.start, self.length):
            yield chunk
            sent += len(chunk)
            self.on_sent(sent)


@dataclass(frozen=True, slots=True)
class FormBody:
    """Fields and a file as multipart/form-data (RFC 7578). The file goes last: storage ignores what follows it."""

    fields: Mapping[str, str]
    file: PartBody
    boundary: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def content_type(self) -> str:
        """The header that names the boundary."""
        return f"multipart/form-data; boundary={self.boundary}"

    @property
    def length(self) -> int:
        """How many bytes, all in all."""
        return len(self._head()) + self.file.length + len(self._tail())

    def chunks(self) -> Iterator[bytes]:
        """All of it, from its beginning."""
        yield self._head()
        yield from self.file.chunks()
        yield self._tail()

    def _head(self) -> bytes:
        pieces = [f"{self._opening(name)}\r\n\r\n{value}\r\n" for name, value in self.fields.items()]
        file = f'{self._opening("file")}; filename="file"\r\nContent-Type: application/octet-stream\r\n\r\n'
        return "".join([*pieces, file]).encode()

    def _opening(self, name: str) -> str:
        quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        return f'--{self.boundary}\r\nContent-Disposition: form-data; name="{quoted}"'

    def _tail(self) -> bytes:
        return f"\r\n--{self.boundary}--\r\n".encode()
