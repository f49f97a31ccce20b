"""How many pixels a picture unfolds to, by what its first bytes announce. Pure; nothing is decoded.

A picture whose announcement lies is caught by the limits of the child process that decodes it.
"""

from collections.abc import Callable

MOST_PIXELS = 100_000_000
"""Phones take photos of up to 50 million. A small file that unfolds to more is made to exhaust whoever opens it."""

_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def pixels_of(head: bytes) -> int | None:
    """Width times height, or None for what isn't a JPEG, PNG, WebP or GIF, or doesn't say so soon enough."""
    for signature, measure in _MEASURES:
        if head.startswith(signature):
            width, height = measure(head) or (0, 0)
            return width * height or None
    return None


def in_millions(pixels: int) -> dict[str, str]:
    """What the words of PICTURE_TOO_LARGE name: the picture's pixels and the most that is taken, in millions."""
    return {"pixels": f"{pixels // 1_000_000:,}", "limit": f"{MOST_PIXELS // 1_000_000:,}"}


def _png(head: bytes) -> tuple[int, int] | None:
    return (_big(head, 16, 4), _big(head, 20, 4)) if len(head) >= 24 else None


def _gif(head: bytes) -> tuple[int, int] | None:
    return (_little(head, 6, 2), _little(head, 8, 2)) if len(head) >= 10 else None


def _webp(head: bytes) -> tuple[int, int] | None:
    """RFC 9649 §2.5 to §2.7: each of the three kinds of first chunk says it in its own way."""
    if len(head) < 30 or head[8:12] != b"WEBP":
        return None
    if head[12:16] == b"VP8X":
        return _little(head, 24, 3) + 1, _little(head, 27, 3) + 1
    if head[12:16] == b"VP8L":
        bits = _little(head, 21, 4)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return _little(head, 26, 2) & 0x3FFF, _little(head, 28, 2) & 0x3FFF


def _jpeg(head: bytes) -> tuple[int, int] | None:
    """The first frame header (ITU-T T.81 B.2.2)."""
    position = 2
    while position + 9 <= len(head) and head[position] == 0xFF:
        marker = head[position + 1]
        if marker in _START_OF_FRAME:
            return _big(head, position + 7, 2), _big(head, position + 5, 2)
        position += 2 + _big(head, position + 2, 2) if marker != 0xFF else 1
    return None


def _big(head: bytes, position: int, length: int) -> int:
    return int.from_bytes(head[position : position + length], "big")


def _little(head: bytes, position: int, length: int) -> int:
    return int.from_bytes(head[position : position + length], "little")


_MEASURES: tuple[tuple[bytes, Callable[[bytes], tuple[int, int] | None]], ...] = (
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"GIF8", _gif),
    (b"RIFF", _webp),
    (b"\xff\xd8", _jpeg),
)
