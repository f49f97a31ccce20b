"""Documents that aren't archives: is a PDF or an old Office file locked, does it hold a program?"""

import re
from collections.abc import Iterator
from typing import IO

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from scanning.inside.findings import Finding, locked, program

_CHUNK_BYTES = 1 << 20
_OVERLAP = 256
_LOCKED_PDF = re.compile(rb"/Encrypt(?:\s+\d+\s+\d+\s+R|\s*<<)")
_LOCKED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_MACROS_OF_OLD = tuple(name.encode("utf-16-le") for name in ("_VBA_PROJECT", "_VBA_PROJECT_CUR", "Macros"))


def look_at_pdf(file: IO[bytes]) -> Iterator[Finding]:
    """Whether a password was put on a PDF (ISO 32000-2 §7.6), by its trailer and by its bytes."""
    if _holds(file, _LOCKED_PDF) or _is_locked_for_reader(file):
        yield locked("a PDF with a password")


def look_at_old_office(file: IO[bytes]) -> Iterator[Finding]:
    """Whether a compound file ([MS-CFB]) holds an encrypted package or a VBA project; names stand in UTF-16."""
    if _holds(file, re.compile(re.escape(_LOCKED_OFFICE))):
        yield locked("a document with a password")
    if _holds(file, re.compile(b"|".join(map(re.escape, _MACROS_OF_OLD)))):
        yield program("a document with macros")


def _is_locked_for_reader(file: IO[bytes]) -> bool:
    """The reader also knows names that are spelled in hexadecimal. What it can't read, other engines judge."""
    file.seek(0)
    try:
        return PdfReader(file, strict=False).is_encrypted
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return False


def _holds(file: IO[bytes], sign: re.Pattern[bytes]) -> bool:
    file.seek(0)
    tail = b""
    while chunk := file.read(_CHUNK_BYTES):
        if sign.search(tail + chunk):
            return True
        tail = chunk[-_OVERLAP:]
    return False
