"""Is a picture whole, and how many points does it unfold to? Told from its bytes as they pass; nothing is decoded."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_BARE = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})
_EXTENT = re.compile(rb"ispe\0\0\0\0(.{4})(.{4})", re.DOTALL)
_LARGEST_META_BYTES = 4_000_000
_SIZE_OF_STREAM = b"\xff\x4f\xff\x51"
"""A JPEG 2000 code stream's first two marks, which can't stand within one."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a picture's bytes say of it: its points, and whether it comes to its end."""

    points: int
    is_whole: bool


class _CutOffError(Exception):
    """The bytes ended where the format promises more."""


class _Passing:
    """Bytes as they pass, looked at from front to back; only a chunk is held."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks, self._held = iter(chunks), b""

    def take(self, count: int) -> bytes:
        while len(self._held) < count:
            self._held += self._more()
        taken, self._held = self._held[:count], self._held[count:]
        return taken

    def skip(self, count: int) -> None:
        while count > len(self._held):
            count -= len(self._held)
            self._held = self._more()
        self._held = self._held[count:]

    def has_more(self) -> bool:
        self._held = self._held or next((chunk for chunk in self._chunks if chunk), b"")
        return bool(self._held)

    def find(self, sign: bytes) -> None:
        while (at := self._held.find(sign)) < 0:
            self._held = self._held[-len(sign) + 1 :] + self._more()
        self._held = self._held[at + len(sign) :]

    def _more(self) -> bytes:
        for chunk in self._chunks:
            if chunk:
                return chunk
        raise _CutOffError


def frame_of(content_type: str, chunks: Iterable[bytes]) -> Frame | None:
    """What the bytes say; None for formats that aren't looked at. May leave chunks unread."""
    reader = _READERS.get(content_type)
    if reader is None:
        return None
    points = [0]
    try:
        reader(_Passing(chunks), points)
    except _CutOffError:
        return Frame(points[0], is_whole=False)
    return Frame(points[0], is_whole=True)


def _jpeg(passing: _Passing, points: list[int]) -> None:
    """Segment by segment to the first scan, then to the mark at the end (ITU-T T.81 annex B)."""
    passing.take(2)
    while True:
        if passing.take(1) != b"\xff":
            raise _CutOffError
        while (marker := passing.take(1)[0]) == 0xFF:
            pass
        if marker == _END_OF_IMAGE:
            return
        if marker in _BARE:
            continue
        length = int.from_bytes(passing.take(2), "big") - 2
        if marker in _START_OF_FRAME and length >= 5:
            height, width = _two_numbers(passing.take(5)[1:], "big")
            points[0], length = height * width, length - 5
        passing.skip(max(length, 0))
        if marker == _START_OF_SCAN:
            passing.find(b"\xff\xd9")
            return


def _png(passing: _Passing, points: list[int]) -> None:
    """The header, then the chunk that ends it (PNG specification, third edition, §11.2)."""
    header = passing.take(24)
    points[0] = int.from_bytes(header[16:20], "big") * int.from_bytes(header[20:24], "big")
    passing.find(b"IEND\xaeB`\x82")


def _gif(passing: _Passing, points: list[int]) -> None:
    width, height = _two_numbers(passing.take(10)[6:], "little")
    points[0] = width * height
    passing.find(b"\0;")


def _webp(passing: _Passing, points: list[int]) -> None:
    """The container says its length (RFC 9649 §2.4); a WebP has at most 16,383 points a side."""
    passing.skip(int.from_bytes(passing.take(8)[4:], "little"))


def _bmp(passing: _Passing, points: list[int]) -> None:
    """The header alone ([MS-WMF] §2.2.2.3); a negative height tells the order of the rows."""
    header = passing.take(26)
    width, height = (int.from_bytes(header[at : at + 4], "little", signed=True) for at in (18, 22))
    points[0] = abs(width * height)


def _boxed(passing: _Passing, points: list[int]) -> None:
    """HEIC and AVIF: box after box; `meta` says how large each picture in it is (ISO/IEC 23008-12 §6.5.3)."""
    while passing.has_more():
        size, kind, read = int.from_bytes(passing.take(4), "big"), passing.take(4), 8
        if size == 0:  # to the end of the file (ISO/IEC 14496-12 §4.2)
            return
        if size == 1:
            size, read = int.from_bytes(passing.take(8), "big"), 16
        if size < read or (kind == b"meta" and size > _LARGEST_META_BYTES):
            raise _CutOffError
        if kind == b"meta":
            extents = _EXTENT.findall(passing.take(size - read))
            points[0] = max((int.from_bytes(w, "big") * int.from_bytes(h, "big") for w, h in extents), default=0)
        else:
            passing.skip(size - read)


def _jpeg2000(passing: _Passing, points: list[int]) -> None:
    """Each code stream's own size (ISO/IEC 15444-1 A.5.1), the largest of them: decoders go by it, not by the boxes."""
    passing.find(_SIZE_OF_STREAM)
    while True:
        passing.skip(4)
        right, bottom, left, top = (int.from_bytes(passing.take(4), "big") for _ in range(4))
        points[0] = max(points[0], (right - left) * (bottom - top))
        try:
            passing.find(_SIZE_OF_STREAM)
        except _CutOffError:
            return


def _two_numbers(four: bytes, order: Literal["big", "little"]) -> tuple[int, int]:
    return int.from_bytes(four[:2], order), int.from_bytes(four[2:4], order)


_READERS: Mapping[str, Callable[[_Passing, list[int]], None]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/gif": _gif,
    "image/webp": _webp,
    "image/bmp": _bmp,
    "image/heic": _boxed,
    "image/avif": _boxed,
    "image/jp2": _jpeg2000,
}
