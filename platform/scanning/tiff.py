"""How many points a TIFF's pages unfold to (TIFF 6.0 §2; BigTIFF). They stand anywhere, so it is read as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Literal

from scanning.wholeness import Frame

BEGINS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_WIDTH, _HEIGHT, _SUB_PAGES = 256, 257, 330
_BYTES_OF = {1: 1, 3: 2, 4: 4, 13: 4, 16: 8, 18: 8}
"""How long a number of each kind is; kinds that no width, height or place is of are left out."""

_MOST_PAGES, _MOST_ENTRIES, _MOST_VALUES = 10_000, 4_096, 1_024


class _BrokenError(Exception):
    """A page isn't where the file says."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """How numbers are written: byte order, and how long a place, a page's count and an entry are."""

    order: Literal["little", "big"]
    place: int
    count: int
    entry: int

    def number(self, body: bytes) -> int:
        return int.from_bytes(body, self.order)


def frame_of(file: IO[bytes]) -> Frame:
    """The points of its largest page, and whether every page that it names is there."""
    points = 0
    try:
        for page in _pages(file):
            points = max(points, page)
    except _BrokenError:
        return Frame(points, is_whole=False)
    return Frame(points, is_whole=points > 0)


def _pages(file: IO[bytes]) -> Iterator[int]:
    """Each page's points, those below pages among them; one that leads back to itself is broken."""
    head = _read(file, 0, 16)
    order: Literal["little", "big"] = "little" if head[:2] == b"II" else "big"
    is_big = int.from_bytes(head[2:4], order) == 43
    layout = _Layout(order, 8, 8, 20) if is_big else _Layout(order, 4, 2, 12)
    waiting, seen = [layout.number(head[8:16] if is_big else head[4:8])], set[int]()
    while waiting:
        at = waiting.pop()
        if at in seen or len(seen) >= _MOST_PAGES:
            raise _BrokenError
        seen.add(at)
        tags, following = _page(file, layout, at)
        yield tags.get(_WIDTH, [0])[0] * tags.get(_HEIGHT, [0])[0]
        waiting += [place for place in (*tags.get(_SUB_PAGES, []), following) if place]


def _page(file: IO[bytes], layout: _Layout, at: int) -> tuple[dict[int, list[int]], int]:
    """The tags that matter, and where the next page is; 0 for none."""
    count = layout.number(_read(file, at, layout.count))
    if count > _MOST_ENTRIES:
        raise _BrokenError
    begins = at + layout.count
    table = _read(file, begins, count * layout.entry)
    entries = (table[position : position + layout.entry] for position in range(0, len(table), layout.entry))
    tags = {layout.number(entry[:2]): _values(file, layout, entry) for entry in entries}
    return tags, layout.number(_read(file, begins + len(table), layout.place))


def _values(file: IO[bytes], layout: _Layout, entry: bytes) -> list[int]:
    """An entry's numbers, which stand in it or where it says; none for kinds and tags that don't matter."""
    if layout.number(entry[:2]) not in {_WIDTH, _HEIGHT, _SUB_PAGES}:
        return []
    size = _BYTES_OF.get(layout.number(entry[2:4]), 0)
    count, held = layout.number(entry[4 : 4 + layout.place]), entry[4 + layout.place :]
    if not size or not count or count > _MOST_VALUES:
        raise _BrokenError
    body = held if size * count <= layout.place else _read(file, layout.number(held), size * count)
    return [layout.number(body[size * place : size * (place + 1)]) for place in range(count)]


def _read(file: IO[bytes], at: int, length: int) -> bytes:
    try:
        file.seek(at)
    except (OSError, OverflowError) as error:  # a place beyond what a file can have
        raise _BrokenError from error
    found = file.read(length)
    if len(found) < length:
        raise _BrokenError
    return found
