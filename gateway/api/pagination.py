"""Cursors and page sizes on the wire. A cursor is opaque to clients and worthless outside its listing."""

import base64
import binascii

from gateway.api.parsing import invalid
from storage.listing import Cursor, Part

DEFAULT_LIMIT, MAX_LIMIT = 50, 200


def cursor_text(cursor: Cursor | None) -> str | None:
    """The cursor as clients carry it."""
    if cursor is None:
        return None
    return base64.urlsafe_b64encode(f"{cursor.part}{cursor.name}".encode()).decode().rstrip("=")


def cursor_from(text: str | None) -> Cursor | None:
    """The cursor that a client brought back. Raises Problem VALIDATION."""
    if not text:
        return None
    try:
        decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        return Cursor(Part(decoded[:1]), decoded[1:].replace("\0", ""))
    except (binascii.Error, ValueError) as error:
        raise invalid("/cursor", "This cursor is not one of ours.") from error


def page_limit(text: str | None) -> int:
    """How many things a page holds. Raises Problem VALIDATION."""
    if not text:
        return DEFAULT_LIMIT
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_LIMIT:
        raise invalid("/limit", f"limit is a number from 1 to {MAX_LIMIT}.")
    return int(text)
