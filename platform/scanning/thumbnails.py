"""Small pictures of clean ones, in two sizes, made in a child process that may die of what it reads; then none."""

from collections.abc import Iterable
from dataclasses import dataclass

import structlog

from scanning.kinds import canonical
from scanning.media_process import NoDecodingError, decoded

CONTENT_TYPE = "image/webp"
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
SHOWN = PICTURES | {"image/heic"}
"""Pictures, and what becomes a small one though it is never made smaller or bare itself."""

EDGES = (320, 1280)
"""In pixels: for lists, and for looking at one."""

_LARGEST_BYTES = 2_000_000
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Thumbnails:
    """Two WebP pictures, upright and without metadata: at most 320, and at most 1,280 pixels wide and high."""

    small: bytes
    large: bytes


def can_be_made_of(content_type: str) -> bool:
    """Whether this is a kind of picture that the child opens."""
    return canonical(content_type) in SHOWN


def thumbnails_of(chunks: Iterable[bytes]) -> Thumbnails | None:
    """Both sizes; None where the picture gives none, or the disk is full."""
    try:
        made = decoded(chunks, "thumbnails", *map(str, EDGES), most_bytes=_LARGEST_BYTES)
    except NoDecodingError as error:
        _log.warning("thumbnail_impossible", reason=str(error))
        return None
    return _apart(made) if made else None


def _apart(made: bytes) -> Thumbnails:
    """Each stands behind its length."""
    small_ends = 4 + int.from_bytes(made[:4], "big")
    return Thumbnails(made[4:small_ends], made[small_ends + 4 :])
