"""Having the child process decode a picture: with two files as all that it has, for half a minute at most."""

import os
import tempfile
from collections.abc import Iterable
from typing import IO

import structlog

from scanning.fork_server import ForkServer, OverranError

children = ForkServer("scanning.media_child")
WALL_SECONDS = 30
_log = structlog.get_logger(__name__)


class NoDecodingError(RuntimeError):
    """This machine has no room for a temporary file; another attempt may find it."""


def decoded(chunks: Iterable[bytes], *work: str, most_bytes: int) -> bytes | None:
    """What the child made of the picture, or None where it refused it, died of it, overran, or made too much.

    Takes a gigabyte in the child and a temporary file of the picture's size. Raises NoDecodingError for a full disk.
    """
    with _temporary() as picture, _temporary() as result:
        try:
            picture.writelines(chunks)
            picture.seek(0)
            made = _read(result, most_bytes) if _succeeds(picture, result, work) else None
        except OSError as error:
            raise NoDecodingError(str(error)) from error
    return made


def _temporary() -> IO[bytes]:
    try:
        return tempfile.TemporaryFile()
    except OSError as error:
        raise NoDecodingError(str(error)) from error


def _succeeds(picture: IO[bytes], result: IO[bytes], work: tuple[str, ...]) -> bool:
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device, not a path of ours
            code = children.run(work, [picture, result, nowhere], WALL_SECONDS)
    except OverranError:
        _log.warning("picture_overran", seconds=WALL_SECONDS, work=work[0])
        return False
    if code:
        _log.info("picture_refused", exit_code=code, work=work[0])
    return code == 0


def _read(result: IO[bytes], most_bytes: int) -> bytes | None:
    result.seek(0)
    made = result.read(most_bytes + 1)
    return made if len(made) <= most_bytes else None
