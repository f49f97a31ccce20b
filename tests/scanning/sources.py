"""Files in memory that engines can examine."""

import hashlib
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from scanning.content import HEAD_BYTES
from scanning.quarantine import written


@dataclass(frozen=True)
class BytesSource:
    """The port's `Source` over plain bytes."""

    body: bytes
    content_type: str = "application/octet-stream"
    name: str = "file"
    chunk: int = 1000

    @property
    def size(self) -> int:
        return len(self.body)

    def head(self) -> bytes:
        return self.body[:HEAD_BYTES]

    def chunks(self) -> Iterator[bytes]:
        for start in range(0, len(self.body), self.chunk):
            yield self.body[start : start + self.chunk]

    def fingerprint(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    def on_disk(self) -> IO[bytes]:
        file = written([self.body])
        weakref.finalize(self, file.close)
        return file
