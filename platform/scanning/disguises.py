"""Signs in a file's first bytes that it is meant to be taken for something else.

libmagic and filetype answer with the first signature that fits: to them, a GIF that is also a web page is a
GIF.
"""

import re

from scanning.kinds import DRAWING, WEB_PAGE, type_words

_PAGE_IN_PICTURE = re.compile(
    rb"<(?:script|html|body|iframe|object|embed|svg|meta|!doctype\s+html)[\s>/]|javascript:|onerror\s*=",
    re.IGNORECASE,
)
_PROGRAM_IN_PICTURE = re.compile(rb"<\?php[\s]|<%@\s*page|#!/(?:usr/)?bin/", re.IGNORECASE)
_DOCUMENT_IN_PICTURE = re.compile(rb"%PDF-\d")
_DOCUMENT_MAY_BEGIN_WITHIN = 1024
"""Readers take a PDF whose header stands anywhere in the first kilobyte (ISO 32000-1, annex H.3)."""

_ACTIVE_DRAWING = re.compile(
    rb"<[\w:]*(?:script|foreignobject|iframe|embed|object|handler)[\s>/]|[\s\"'/]on[a-z]{3,20}\s*=|(?:java|vb)script:|<!entity",
    re.IGNORECASE,
)


def in_picture(head: bytes) -> str | None:
    """What a picture's first bytes hold that no camera writes, in words; None where there is no such sign."""
    if _PAGE_IN_PICTURE.search(head):
        return type_words(WEB_PAGE)
    if _PROGRAM_IN_PICTURE.search(head):
        return "a script"
    if _DOCUMENT_IN_PICTURE.search(head, 0, _DOCUMENT_MAY_BEGIN_WITHIN):
        return type_words("application/pdf")
    return None


def in_drawing(part: bytes) -> str | None:
    """Words for a stretch of an SVG drawing that could run code or pull things in; None where it only draws."""
    return f"{type_words(DRAWING)} with a script in it" if _ACTIVE_DRAWING.search(part) else None
