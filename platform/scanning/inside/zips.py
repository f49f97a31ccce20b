"""ZIP archives and what is built of them: Office Open XML, OpenDocument, e-books. Readers begin at their end."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import IO

from scanning.inside import closed
from scanning.inside.budget import LARGEST_INNER_BYTES, TOO_MANY, Budget
from scanning.inside.findings import Finding, locked, program, unreadable, unsafe

BEGINS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PDF, PDF_WITHIN = b"%PDF-", 1024
"""Readers take a PDF whose header stands anywhere in the first kilobyte (ISO 32000-1, annex H.3)."""

_END, _ENTRY = b"PK\x05\x06", b"PK\x01\x02"
_LONGEST_COMMENT = 65_535
_LARGEST_DIRECTORY_BYTES = 8_000_000
_LARGEST_MANIFEST_BYTES = 4_000_000
_IS_ENCRYPTED = 0x1
_LEADS_OUTSIDE = re.compile(r"(?:^|[\\/])\.\.(?:[\\/]|$)|^[\\/]|^[A-Za-z]:")
_PROGRAM = re.compile(r"\.(?:exe|scr|com|pif|msi|bat|cmd|ps1|vbs?|vbe|jse|wsf|hta|lnk|jar|cpl|dll)$", re.IGNORECASE)
_MACRO_PARTS = re.compile(r"(?:^|/)vbaProject[^/]*\.bin$|^Basic/.+\.xml$|(?:^|/)xl/macrosheets/", re.IGNORECASE)

Inner = Callable[[IO[bytes], int, int], Iterator[Finding]]
"""Looks at what lies inside: a file, its size in bytes, how deep it lies."""


def look(file: IO[bytes], size: int, budget: Budget, depth: int, inner: Inner) -> Iterator[Finding]:
    """What a ZIP holds that a person must know. Raises RefusedError for one that can't be unpacked safely."""
    budget.enter(depth)
    _bound_directory(file, size)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            budget.count(len(entries))
            _bound_sizes(entries, budget)
            yield from _named(entries)
            if is_locked_open_document(archive):
                yield locked("a document with a password")
            yield from _opened(archive, entries, depth, inner)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OverflowError) as error:
        raise unsafe("its table of contents is broken") from error


def is_behind(file: IO[bytes], size: int) -> bool:
    """Whether a file that begins as something else is a ZIP to whoever reads it from its end (APPNOTE 4.3.16).

    What stands behind the end record doesn't matter: readers pass over it.
    """
    tail_bytes = min(size, _LONGEST_COMMENT + 22 + _LONGEST_COMMENT)
    file.seek(size - tail_bytes)
    tail = file.read(tail_bytes)
    at = tail.rfind(_END)
    directory_bytes = int.from_bytes(tail[at + 12 : at + 16], "little")
    begins = size - tail_bytes + at - directory_bytes
    if at < 0 or len(tail) < at + 22 or begins < 0:
        return False
    file.seek(begins)
    return file.read(4) == _ENTRY


def is_locked_open_document(archive: zipfile.ZipFile) -> bool:
    """OpenDocument encrypts its parts by itself, and says so in its manifest alone (ODF 1.3 part 2, §3.4)."""
    try:
        with archive.open("META-INF/manifest.xml") as manifest:
            return b"encryption-data" in manifest.read(_LARGEST_MANIFEST_BYTES)
    except (KeyError, RuntimeError):  # the latter where the manifest itself is locked, as in any ZIP
        return False


def _bound_directory(file: IO[bytes], size: int) -> None:
    """The directory is held in memory, so its size is looked at before it is read (APPNOTE 4.3.16)."""
    tail_bytes = min(size, _LONGEST_COMMENT + 22)
    file.seek(size - tail_bytes)
    tail = file.read(tail_bytes)
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise unsafe("its table of contents is missing")
    directory_bytes = int.from_bytes(tail[at + 12 : at + 16], "little")
    if directory_bytes > _LARGEST_DIRECTORY_BYTES:
        raise unsafe(TOO_MANY)


def _bound_sizes(entries: list[zipfile.ZipInfo], budget: Budget) -> None:
    """Sizes that the directory tells bound what is read. Entries that lie over each other are refused."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise unsafe("files in it lie over each other")
        end = entry.header_offset + 30 + entry.compress_size
        budget.unfold(entry.file_size)


def _named(entries: list[zipfile.ZipInfo]) -> Iterator[Finding]:
    names = [entry.filename for entry in entries]
    if any(_LEADS_OUTSIDE.search(name) for name in names):
        raise unsafe("a name in it leads out of the folder that it is unpacked to")
    if any(entry.flag_bits & _IS_ENCRYPTED for entry in entries):
        yield locked("an archive with a password")
    if any(_MACRO_PARTS.search(name) for name in names):
        yield program("a document with macros")
    if any(_PROGRAM.search(name) for name in names):
        yield program("an archive with programs")


def _opened(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], depth: int, inner: Inner) -> Iterator[Finding]:
    for entry in entries:
        if entry.is_dir() or entry.flag_bits & _IS_ENCRYPTED:
            continue
        with archive.open(entry) as opened:
            yield from look_into(opened, depth, inner)


def look_into(opened: IO[bytes], depth: int, inner: Inner) -> Iterator[Finding]:
    """What one file inside an archive holds, where it packs others or is a document that may be locked or run."""
    head = opened.read(PDF_WITHIN)
    is_archive = packs_others(head)
    if not is_archive and not head.startswith((OLD_OFFICE, *closed.BEGINS)) and PDF not in head:
        return
    body = head + opened.read(LARGEST_INNER_BYTES + 1)
    if len(body) <= LARGEST_INNER_BYTES:
        yield from inner(io.BytesIO(body), len(body), depth + 1)
    elif is_archive:
        raise unsafe("an archive inside it is too large to be looked into")
    else:
        yield unreadable("a document inside it is too large to be looked into")


def packs_others(head: bytes) -> bool:
    """Whether these first bytes are those of an archive that is looked into."""
    return head.startswith((*BEGINS, b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")) or head[257:262] == b"ustar"
