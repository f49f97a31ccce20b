"""GZIP, BZIP2 and XZ, alone or around a TAR; and TAR alone."""

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any, cast

from scanning.inside.budget import Budget
from scanning.inside.findings import Finding, unsafe
from scanning.inside.zips import Inner, look_into

_CHUNK_BYTES = 1 << 20


def _gzip(file: IO[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", gzip.GzipFile(fileobj=file))


OPENERS: dict[bytes, Callable[[IO[bytes]], IO[bytes]]] = {
    b"\x1f\x8b": _gzip,
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\0": lzma.LZMAFile,
}
BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, tarfile.TarError, ValueError)


class _Counted(io.RawIOBase):
    """What unpacking gives, counted against the budget as it comes: such a stream announces no size."""

    def __init__(self, plain: IO[bytes], budget: Budget) -> None:
        self._plain, self._budget = plain, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._plain.read(min(len(buffer), _CHUNK_BYTES))
        self._budget.unfold(len(part))
        buffer[: len(part)] = part
        return len(part)


def look(file: IO[bytes], head: bytes, budget: Budget, depth: int, inner: Inner) -> Iterator[Finding]:
    """What such an archive holds. Raises RefusedError for one that can't be unpacked safely."""
    budget.enter(depth)
    opener = next((opener for magic, opener in OPENERS.items() if head.startswith(magic)), None)
    try:
        if opener is None:
            yield from _in_tar(file, budget, depth, inner)
            return
        with opener(file) as plain:
            unpacked = io.BufferedReader(_Counted(plain, budget), _CHUNK_BYTES)
            if unpacked.peek(512)[257:262] == b"ustar":
                yield from _in_tar(unpacked, budget, depth, inner)
            else:
                yield from look_into(unpacked, depth, inner)
            while unpacked.read(_CHUNK_BYTES):
                pass
    except BROKEN as error:
        raise unsafe("it is broken") from error


def _in_tar(file: IO[bytes], budget: Budget, depth: int, inner: Inner) -> Iterator[Finding]:
    with tarfile.open(fileobj=file, mode="r|", ignore_zeros=False) as archive:
        for member in archive:
            budget.count(1)
            if member.name.startswith("/") or ".." in member.name.split("/"):
                raise unsafe("a name in it leads out of the folder that it is unpacked to")
            opened = archive.extractfile(member) if member.isfile() and not member.issparse() else None
            if opened is not None:
                yield from look_into(opened, depth, inner)
