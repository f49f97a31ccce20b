"""How much an archive may unfold to, with everything inside it, however deep."""

from dataclasses import dataclass
from typing import Final

from scanning.inside.findings import unsafe

MOST_DEEP: Final = 3
"""An archive in an archive in an archive is the deepest that is looked into, as deep as people pack."""

MOST_ENTRIES: Final = 10_000
MOST_BYTES: Final = 8_000_000_000
MOST_RATIO: Final = 200
RATIO_COUNTS_FROM_BYTES: Final = 50_000_000
"""Small files of zeros compress a thousandfold and hurt nobody."""

LARGEST_INNER_BYTES: Final = 128_000_000
"""An inner archive is unpacked into the child's memory."""


TOO_DEEP: Final = f"archives lie more than {MOST_DEEP} deep in each other"
TOO_MANY: Final = f"it holds more than {MOST_ENTRIES:,} files"
TOO_LARGE: Final = f"it unfolds to more than {MOST_BYTES // 1_000_000_000} GB"
TOO_DENSE: Final = f"it unfolds to more than {MOST_RATIO} times its size"


@dataclass(slots=True)
class Budget:
    """What is left for one file of `size` bytes."""

    size: int
    entries: int = 0
    unfolded: int = 0

    def enter(self, depth: int) -> None:
        """Begin with one archive at this depth, the outermost being 1. Raises RefusedError."""
        if depth > MOST_DEEP:
            raise unsafe(TOO_DEEP)

    def count(self, entries: int) -> None:
        """Take note of this many entries. Raises RefusedError."""
        self.entries += entries
        if self.entries > MOST_ENTRIES:
            raise unsafe(TOO_MANY)

    def unfold(self, amount: int) -> None:
        """Take note of bytes that unpacking would give, or gave. Raises RefusedError."""
        self.unfolded += amount
        if self.unfolded > MOST_BYTES:
            raise unsafe(TOO_LARGE)
        if self.unfolded > RATIO_COUNTS_FROM_BYTES and self.unfolded > MOST_RATIO * self.size:
            raise unsafe(TOO_DENSE)
