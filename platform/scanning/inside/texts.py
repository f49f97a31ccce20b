"""The text of a file, piece by piece: of PDFs, Office and OpenDocument files, archives of such, and plain text.

XML is never parsed, only freed of its tags, so no entity of it is followed. Of old Office files the stretches of plain
letters are read, wherever they stand. Pictures of text aren't read.
"""

import codecs
import html
import io
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, Final

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from scanning.inside import streams, zips

MOST_CHARACTERS: Final = 50_000_000
MOST_PAGES: Final = 500
_MOST_DEEP = 3
_PIECE_BYTES = 1 << 20
_LARGEST_INNER_BYTES = 64_000_000
_OVERLAP = 256
_ENDS_A_LINE = re.compile(
    r"</(?:w:p|a:p|text:p|text:h|si|is|v|c|row|table:table-cell)>|<(?:w:tab|w:br|w:cr|text:tab)\s*/>"
)
_TAG = re.compile(r"<[^<>]{1,5000}>")
_PDF_ERRORS = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, AssertionError)


_CLOSED = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"MSCF", b"\x28\xb5\x2f\xfd")
"""7-Zip, RAR, CAB, Zstandard: nothing here unpacks them."""

_LETTERS = re.compile(rb"[\t\r\n\x20-\x7e]{12,}")
"""Shorter stretches stand in any picture by chance."""


class UnreadableError(Exception):
    """There is text in it that can't be read to the end; the words are our own."""


def text_of(file: IO[bytes], depth: int = 1) -> Iterator[str]:
    """All the text, in pieces. Raises UnreadableError."""
    file.seek(0)
    head = file.read(zips.PDF_WITHIN)
    file.seek(0)
    if depth > _MOST_DEEP:
        raise UnreadableError("it lies too deep in archives")
    if head.startswith(_CLOSED):
        raise UnreadableError("such an archive can't be looked into")
    if head.startswith(zips.BEGINS):
        yield from _of_zip(file, depth)
    elif opener := next((opener for magic, opener in streams.OPENERS.items() if head.startswith(magic)), None):
        yield from _of_stream(opener, file, depth)
    elif head[257:262] == b"ustar":
        yield from _of_tar(file, depth)
    else:
        yield from _of_document(file, head)
        if zips.is_behind(file, file.seek(0, io.SEEK_END)):
            yield from _of_zip(file, depth)


def _of_document(file: IO[bytes], head: bytes) -> Iterator[str]:
    if head.startswith(zips.OLD_OFFICE):
        yield from _letters_in(file)
    elif zips.PDF in head:
        yield from _of_pdf(file)
    else:
        yield from _plain(file, file.read(1024))


def _of_stream(opener: Callable[[IO[bytes]], IO[bytes]], file: IO[bytes], depth: int) -> Iterator[str]:
    try:
        with opener(file) as plain:
            is_tar = plain.read(512)[257:262] == b"ustar"
            plain.seek(0)
            yield from _of_tar(plain, depth) if is_tar else _of_member(plain, "", depth)
    except streams.BROKEN as error:
        raise UnreadableError("the archive is broken") from error


def _of_tar(file: IO[bytes], depth: int) -> Iterator[str]:
    try:
        with tarfile.open(fileobj=file, mode="r|") as archive:
            for member in archive:
                opened = archive.extractfile(member) if member.isfile() and not member.issparse() else None
                if opened is not None:
                    yield from _of_member(opened, member.name, depth)
    except streams.BROKEN as error:
        raise UnreadableError("the archive is broken") from error


def _letters_in(file: IO[bytes]) -> Iterator[str]:
    """Word and Excel of old write a letter in one byte, or in two with a zero behind it ([MS-DOC] §2.4.1)."""
    tail = b""
    while part := file.read(_PIECE_BYTES):
        text = tail + part.replace(b"\0", b"")
        yield b"\n".join(_LETTERS.findall(text)).decode() + "\n"
        tail = text[-_OVERLAP:]


def _of_pdf(file: IO[bytes]) -> Iterator[str]:
    try:
        reader = PdfReader(file, strict=False)
        if reader.is_encrypted:
            raise UnreadableError("a password locks it")
        if len(reader.pages) > MOST_PAGES:
            raise UnreadableError(f"it has more pages than are read: {MOST_PAGES}")
        for page in reader.pages:
            yield page.extract_text() + "\n"
    except _PDF_ERRORS as error:
        raise UnreadableError("the PDF is damaged") from error


def _of_zip(file: IO[bytes], depth: int) -> Iterator[str]:
    try:
        with zipfile.ZipFile(file) as archive:
            if zips.is_locked_open_document(archive):
                raise UnreadableError("a password locks it")
            for entry in archive.infolist():
                if not entry.is_dir():
                    with archive.open(entry) as opened:
                        yield from _of_member(opened, entry.filename, depth)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, OSError, ValueError) as error:
        raise UnreadableError("the archive is broken or locked") from error


def _of_member(opened: IO[bytes], name: str, depth: int) -> Iterator[str]:
    """The text of one file in an archive. What must be read from any position is unpacked into memory."""
    head = opened.read(zips.PDF_WITHIN)
    is_nested = zips.packs_others(head) or head.startswith((zips.OLD_OFFICE, *_CLOSED)) or zips.PDF in head
    if is_nested:
        body = head + opened.read(_LARGEST_INNER_BYTES)
        if len(body) >= _LARGEST_INNER_BYTES:
            raise UnreadableError("a file in the archive is too large")
        yield from text_of(io.BytesIO(body), depth + 1)
    elif head.lstrip(b"\xef\xbb\xbf").lstrip().startswith(b"<?xml") or name.endswith(".xml"):
        yield from _without_tags(_plain(opened, head))
    else:
        yield from _plain(opened, head)


def _plain(file: IO[bytes], head: bytes) -> Iterator[str]:
    """Text in UTF-8, UTF-16 or Latin-1; of what isn't text, nothing."""
    encoding = _encoding_of(head)
    if encoding is None:
        return
    decoder = io.IncrementalNewlineDecoder(_decoder(encoding), translate=True)
    yield decoder.decode(head)
    while part := file.read(_PIECE_BYTES):
        yield decoder.decode(part)


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(encoding)("replace")


def _encoding_of(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if head[1::2].count(0) > len(head) // 3:
        return "utf-16-le"
    if head[::2].count(0) > len(head) // 3:
        return "utf-16-be"
    return None if b"\0" in head else "utf-8"


def _without_tags(pieces: Iterator[str]) -> Iterator[str]:
    """Text runs joined as a reader sees them: one number may be spread over several."""
    kept = ""
    for piece in pieces:
        whole, bracket, rest = (kept + piece).rpartition("<")
        kept = bracket + rest if len(rest) <= _PIECE_BYTES else ""
        yield html.unescape(_TAG.sub("", _ENDS_A_LINE.sub("\n", whole)))
    yield html.unescape(_TAG.sub("", _ENDS_A_LINE.sub("\n", kept)))
