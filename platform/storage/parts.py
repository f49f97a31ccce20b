"""How a large file is cut into parts, and whether what storage holds of them is all. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

MIB = 1024 * 1024
MIN_BYTES = 5 * MIB
"""Storage takes no smaller part but the last (Amazon S3 User Guide, "multipart upload limits")."""

PART_BYTES = 8 * MIB
MAX_PARTS = 10_000


class Cut(Protocol):
    """A file that is announced with the size of its parts, in bytes."""

    @property
    def declared_size(self) -> int:
        """All of it."""

    @property
    def part_size(self) -> int | None:
        """All parts but the last; None for one that comes through a form."""


@dataclass(frozen=True, slots=True)
class HeldPart:
    """A part that storage has. Size in bytes."""

    number: int
    size: int
    etag: str


def part_size_for(size: int) -> int:
    """How large the parts of a file of so many bytes are: whole MiB, and never more parts than storage takes."""
    needed = math.ceil(size / MAX_PARTS / MIB) * MIB
    return max(PART_BYTES, needed)


def part_count(upload: Cut) -> int:
    """How many parts there are. Raises ValueError for a file without parts."""
    if not upload.part_size:
        raise ValueError("This file comes in one piece.")
    return math.ceil(upload.declared_size / upload.part_size)


def length_of(upload: Cut, number: int) -> int:
    """How many bytes a part has; all but the last are equal. Raises ValueError for a part that there isn't."""
    if not upload.part_size or not 1 <= number <= part_count(upload):
        raise ValueError(f"There is no part {number}.")
    return min(upload.part_size, upload.declared_size - (number - 1) * upload.part_size)


def is_complete(upload: Cut, held: Iterable[HeldPart]) -> bool:
    """Whether these are all the parts, each of its length, and nothing else."""
    lengths = {part.number: part.size for part in held}
    return lengths == {number: length_of(upload, number) for number in range(1, part_count(upload) + 1)}
