"""The text of a file, piece by piece: of PDFs, Office and OpenDocument files, archives of such, and plain text.

XML is never parsed, only freed of its tags, so no entity of it is followed. Pictures of text aren't read.
"""

import codecs
import html
import io
import re
import zipfile
from collections.abc import Iterator
from typing import IO, Final

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from scanning.inside import streams

MOST_CHARACTERS: Final = 50_000_000
MOST_PAGES: Final = 500
_MOST_DEEP = 3
_PIECE_BYTES = 1 << 20
_LARGEST_INNER_BYTES = 64_000_000
_ENDS_A_LINE = re.compile(
    r"</(?:w:p|a:p|text:p|text:h|si|is|v|c|row|table:table-cell)>|<(?:w:tab|w:br|w:cr|text:tab)\s*/>"
)
_TAG = re.compile(r"<[^<>]{1,5000}>")
_PDF_ERRORS = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, AssertionError)


class UnreadableError(Exception):
    """There is text in it that can't be read to the end; the words are our own."""


def text_of(file: IO[bytes], depth: int = 1) -> Iterator[str]:
    """All the text, in pieces. Raises UnreadableError."""
    file.seek(0)
    head = file.read(1024)
    file.seek(0)
    if depth > _MOST_DEEP:
        raise UnreadableError("it lies too deep in archives")
    if head.startswith(b"PK\x03\x04"):
        yield from _of_zip(file, depth)
    elif opener := next((opener for magic, opener in streams.OPENERS.items() if head.startswith(magic)), None):
        try:
            with opener(file) as plain:
                yield from _plain(plain, plain.read(1024))
        except (OSError, EOFError) as error:
            raise UnreadableError("the archive is broken") from error
    elif b"%PDF-" in head:
        yield from _of_pdf(file)
    else:
        yield from _plain(file, file.read(1024))


def _of_pdf(file: IO[bytes]) -> Iterator[str]:
    try:
        reader = PdfReader(file, strict=False)
        if reader.is_encrypted:
            raise UnreadableError("a password locks it")
        if len(reader.pages) > MOST_PAGES:
            raise UnreadableError(f"it has more than {MOST_PAGES} pages")
        for page in reader.pages:
            yield page.extract_text() + "\n"
    except _PDF_ERRORS as error:
        raise UnreadableError("the PDF is damaged") from error


def _of_zip(file: IO[bytes], depth: int) -> Iterator[str]:
    try:
        with zipfile.ZipFile(file) as archive:
            for entry in archive.infolist():
                if not entry.is_dir():
                    yield from _of_entry(archive, entry, depth)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, OSError, ValueError) as error:
        raise UnreadableError("the archive is broken or locked") from error


def _of_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, depth: int) -> Iterator[str]:
    with archive.open(entry) as opened:
        head = opened.read(1024)
        if head.startswith((b"PK\x03\x04", b"\x1f\x8b")) or b"%PDF-" in head:
            body = head + opened.read(_LARGEST_INNER_BYTES)
            yield from text_of(io.BytesIO(body), depth + 1)
        elif head.lstrip(b"\xef\xbb\xbf").lstrip().startswith(b"<?xml") or entry.filename.endswith(".xml"):
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
