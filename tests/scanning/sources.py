"""Files in memory that engines can examine."""

from collections.abc import Iterator
from dataclasses import dataclass

from scanning.content import HEAD_BYTES


@dataclass(frozen=True)
class BytesSource:
    """The port's `Source` over plain bytes."""

    body: bytes
    content_type: str = "application/octet-stream"

    @property
    def size(self) -> int:
        return len(self.body)

    def head(self) -> bytes:
        return self.body[:HEAD_BYTES]

    def chunks(self) -> Iterator[bytes]:
        for start in range(0, len(self.body), 1000):
            yield self.body[start : start + 1000]
