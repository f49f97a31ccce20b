"""Cursors and page sizes on the wire. A cursor is opaque to clients and worthless outside its own listing."""

import base64
import datetime as dt
import hashlib
import unicodedata
import uuid
from collections.abc import Mapping

import msgspec

from gateway.api.parsing import invalid
from kernel.language import said
from storage.listing import Cursor, Part, Sort, Wish

DEFAULT_LIMIT, MAX_LIMIT = 50, 200
MAX_CURSOR_CHARACTERS = 4_000
MAX_PREFIX_CHARACTERS = 255


class _Wire(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """The listing's digest, the half, and the last thing's key and id."""

    of: str
    part: Part
    key: str | int
    id: uuid.UUID | None


class Listing:
    """Which listing a cursor belongs to: the app's, of one folder, in one order, with one beginning."""

    def __init__(self, app_id: uuid.UUID, what: str, wish: Wish | None = None) -> None:
        self._sort = wish.sort if wish else Sort.CREATED_DOWN
        told = msgspec.json.encode([str(app_id), what, self._sort, wish.prefix if wish else None])
        self._digest = hashlib.sha256(told).hexdigest()[:16]

    def text(self, cursor: Cursor | None) -> str | None:
        """The cursor as clients carry it."""
        if cursor is None:
            return None
        key = cursor.key.isoformat() if isinstance(cursor.key, dt.datetime) else cursor.key
        wire = msgspec.json.encode(_Wire(self._digest, cursor.part, key, cursor.id))
        return base64.urlsafe_b64encode(wire).decode().rstrip("=")

    def cursor(self, text: str | None) -> Cursor | None:
        """The cursor that a client brought back. Raises Problem VALIDATION for one of another listing."""
        if not text:
            return None
        try:
            wire = msgspec.json.decode(_unpacked(text), type=_Wire)
            return Cursor(wire.part, self._key(wire), wire.id)
        except (ValueError, OverflowError, msgspec.DecodeError) as error:
            raise invalid("/cursor", said("This cursor is not one of this listing's.")) from error

    def _key(self, wire: _Wire) -> str | int | dt.datetime:
        """Raises ValueError, OverflowError for a key that this listing isn't sorted by."""
        if wire.of != self._digest:
            raise ValueError("It is of another listing.")
        by_name = wire.part == Part.FOLDERS or self._sort.column == "name"
        if not by_name and wire.id is None:
            raise ValueError("Its id is missing.")
        if not by_name and self._sort.column == "size" and isinstance(wire.key, int):
            return min(max(wire.key, 0), 2**62)
        if not isinstance(wire.key, str) or "\0" in wire.key:
            raise ValueError("Its key is of another kind.")
        return wire.key if by_name else dt.datetime.fromisoformat(wire.key).astimezone(dt.UTC)


def wish_from(query: Mapping[str, str]) -> Wish:
    """The order and the beginning of names. Raises Problem VALIDATION."""
    sort, prefix = query.get("sort") or Sort.NAME, unicodedata.normalize("NFC", query.get("prefix", ""))
    if sort not in set(Sort):
        raise invalid("/sort", said("sort is one of {names}.").format(names=", ".join(Sort)))
    if len(prefix) > MAX_PREFIX_CHARACTERS or "\0" in prefix:
        raise invalid("/prefix", said("prefix has at most {most} characters.").format(most=MAX_PREFIX_CHARACTERS))
    wish = Wish(Sort(sort), prefix)
    if prefix and wish.sort.column != "name":
        raise invalid("/prefix", said("Names that begin alike are listed by name: sort=name or sort=-name."))
    return wish


def page_limit(text: str | None) -> int:
    """How many things a page holds. Raises Problem VALIDATION."""
    if not text:
        return DEFAULT_LIMIT
    if len(text) > 4 or not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_LIMIT:
        raise invalid("/limit", said("limit is a number from 1 to {most}.").format(most=MAX_LIMIT))
    return int(text)


def _unpacked(text: str) -> bytes:
    """Raises ValueError."""
    if len(text) > MAX_CURSOR_CHARACTERS:
        raise ValueError("It is too long.")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
