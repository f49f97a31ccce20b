"""Signs in a file's first bytes that it is meant to be taken for something else.

libmagic and filetype answer with the first signature that fits: to them, a GIF that is also a web page is a
GIF.
"""

import html
import re

from scanning.kinds import WEB_PAGE, ZIP, type_words

_PAGE_IN_PICTURE = re.compile(
    rb"<(?:script|html|body|iframe|object|embed|svg|meta|!doctype\s+html)[\s>/]|javascript:|onerror\s*=",
    re.IGNORECASE,
)
_PROGRAM_IN_PICTURE = re.compile(rb"<\?php[\s]|<%@\s*page|#!/(?:usr/)?bin/", re.IGNORECASE)
_DOCUMENT_IN_PICTURE = re.compile(rb"%PDF-\d")
_DOCUMENT_MAY_BEGIN_WITHIN = 1024
"""Readers take a PDF whose header stands anywhere in the first kilobyte (ISO 32000-1, annex H.3)."""

_ARCHIVE_IN_PICTURE = re.compile(rb"Rar!\x1a\x07[\x00\x01]|7z\xbc\xaf\x27\x1c")
_END_OF_ZIP, _END_OF_ZIP_BYTES = b"PK\x05\x06", 22

_ACTIVE_DRAWING = re.compile(
    rb"<[\w:]*(?:script|foreignobject|iframe|embed|object|handler)[\s>/]|[\s\"'/]on[a-z]{3,20}\s*=|(?:java|vb)script:|<!entity",
    re.IGNORECASE,
)

ACTIVE_DRAWING = "an SVG drawing with a script in it"


def in_picture(head: bytes) -> str | None:
    """What a picture's first bytes hold that no camera writes, in words; None where there is no such sign."""
    if _PAGE_IN_PICTURE.search(head):
        return type_words(WEB_PAGE)
    if _PROGRAM_IN_PICTURE.search(head):
        return "a script"
    if _DOCUMENT_IN_PICTURE.search(head, 0, _DOCUMENT_MAY_BEGIN_WITHIN):
        return type_words("application/pdf")
    return "an archive" if _ARCHIVE_IN_PICTURE.search(head) else None


def behind_picture(tail: bytes) -> str | None:
    """What a picture's last 66 kB end in: a ZIP is read from its end (APPNOTE 4.3.16), whatever stands before it."""
    at = tail.rfind(_END_OF_ZIP)
    if at < 0 or at + _END_OF_ZIP_BYTES > len(tail):
        return None
    comment_bytes = int.from_bytes(tail[at + 20 : at + 22], "little")
    return type_words(ZIP) if at + _END_OF_ZIP_BYTES + comment_bytes == len(tail) else None


def in_drawing(part: bytes) -> str | None:
    """Words for a stretch of an SVG drawing that could run code or pull things in; None where it only draws."""
    plain = part.replace(b"\0", b"")
    spelled_out = html.unescape(plain.decode("latin-1")).encode("utf-8") if b"&" in plain else b""
    is_active = _ACTIVE_DRAWING.search(plain) or _ACTIVE_DRAWING.search(spelled_out)
    return ACTIVE_DRAWING if is_active else None
