"""Small pictures of clean ones, made in a child process that may die of what it reads; then there is none."""

import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import structlog

from scanning.kinds import canonical

CONTENT_TYPE = "image/webp"
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
_CHILD = Path(__file__).with_name("thumbnail_child.py")
_WALL_SECONDS = 30
_LARGEST_BYTES = 500_000
_log = structlog.get_logger(__name__)


def can_be_made_of(content_type: str) -> bool:
    """Whether this is a kind of picture that the child opens."""
    return canonical(content_type) in PICTURES


def thumbnail_of(chunks: Iterable[bytes]) -> bytes | None:
    """A WebP of at most 320 by 320 pixels, upright and without metadata; None where the picture gives none.

    Takes at most half a minute, a gigabyte in the child and a temporary file of the picture's size; a full disk
    gives none as well.
    """
    try:
        with tempfile.TemporaryFile() as picture, tempfile.TemporaryFile() as thumbnail:
            picture.writelines(chunks)
            picture.seek(0)
            return _read(thumbnail) if _child_succeeds(picture, thumbnail) else None
    except OSError as error:
        _log.warning("thumbnail_impossible", reason=str(error))
        return None


def _child_succeeds(picture: IO[bytes], thumbnail: IO[bytes]) -> bool:
    """Run the child with the two files as its only possessions: no environment, no shell, another folder."""
    command = [sys.executable, "-I", "-B", str(_CHILD)]
    try:
        ended = subprocess.run(  # noqa: S603 - our own module, by our own interpreter
            command,
            stdin=picture,
            stdout=thumbnail,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            timeout=_WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        _log.warning("thumbnail_overran", seconds=_WALL_SECONDS)
        return False
    if ended.returncode:
        _log.info("thumbnail_refused", exit_code=ended.returncode)
    return ended.returncode == 0


def _read(thumbnail: IO[bytes]) -> bytes | None:
    thumbnail.seek(0)
    return thumbnail.read(_LARGEST_BYTES) or None
