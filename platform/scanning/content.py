"""What a file really is, by its first bytes, and whether that contradicts what it was announced as.

Pure functions. Two opinions are heard: libmagic's, and filetype's where libmagic has none; on top stand the
signs of `disguises`.
"""

import itertools
import re
from dataclasses import dataclass

import filetype

from scanning import disguises, libmagic
from scanning.kinds import (
    COMPATIBLE,
    DRAWING,
    PARTS_OF,
    UNKNOWN,
    WORDS,
    ZIP,
    canonical,
    is_picture,
    is_text,
    is_zip_based,
    type_words,
)  # fmt: skip

HEAD_BYTES = 64 * 1024
_EMPTY = "application/x-empty"
_COMMENTED_DRAWING = re.compile(rb"\s*+(?:<\?xml[^>]*+>\s*+)?+(?:<!--(?:(?!-->).)*+-->\s*+)*+<svg[\s>]", re.DOTALL)
"""Which libmagic takes for plain text. Nothing in it is tried twice, so no text makes it slow."""

_ZIP_ENTRY = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)
_ENTRIES_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Impression:
    """What a head looks like: the canonical type, and whether it is readable text in some encoding."""

    content_type: str
    is_text: bool


def sniff(head: bytes) -> str:
    """The canonical MIME type that the first bytes show; `application/octet-stream` where they show none."""
    return look_at(head).content_type


def matches(declared: str, head: bytes) -> bool:
    """Whether the first bytes are consistent with the declared type."""
    return contradiction(declared, head) is None


def contradiction(declared: str, head: bytes) -> str | None:
    """What the file seems to be, in words with their article, where it is not what it was declared as; or None.

    Only the first 64 kB count, so that the answer is the same wherever it is asked.
    """
    head = head[:HEAD_BYTES]
    wanted, seen = canonical(declared), look_at(head)
    if not _agrees(wanted, seen, head):
        return type_words(seen.content_type)
    if is_picture(wanted) or is_picture(seen.content_type):
        return disguises.in_picture(head)
    return disguises.in_drawing(head) if wanted == DRAWING else None


def look_at(head: bytes) -> Impression:
    """The impression of the first bytes."""
    if not head:
        return Impression(_EMPTY, is_text=False)
    content_type, charset = libmagic.describe(head[:HEAD_BYTES])
    name = canonical(content_type)
    if name == UNKNOWN:
        name = canonical(filetype.guess_mime(head) or UNKNOWN)
    return Impression(name, is_text=charset != "binary")


def _agrees(wanted: str, seen: Impression, head: bytes) -> bool:
    if seen.content_type == wanted or seen.content_type in COMPATIBLE.get(wanted, ()):
        return True
    if wanted == DRAWING and seen.is_text and _COMMENTED_DRAWING.match(head):
        return True
    if is_text(wanted):
        return seen.is_text and seen.content_type not in WORDS
    if wanted == ZIP:
        return is_zip_based(seen.content_type)
    if wanted in PARTS_OF and seen.content_type == ZIP:
        return _has_entry_below(head, PARTS_OF[wanted])
    return wanted not in WORDS and _is_possible(wanted, seen.content_type)


def _is_possible(wanted: str, seen: str) -> bool:
    """A declared type without a signature of its own: nothing that has one may hide behind it."""
    kind = wanted.partition("/")[0]
    if kind in {"image", "audio", "video"}:
        return seen == UNKNOWN or (seen.startswith(f"{kind}/") and seen != DRAWING)
    return wanted == UNKNOWN or seen not in WORDS


def _has_entry_below(head: bytes, folder: str) -> bool:
    """Whether one of the ZIP's local headers (APPNOTE 4.3.7) in the head names something in the folder."""
    entries = itertools.islice(_ZIP_ENTRY.finditer(head), _ENTRIES_LOOKED_AT)
    names = (head[entry.end() :][: int.from_bytes(entry[1], "little")] for entry in entries)
    return any(name.startswith(folder.encode()) for name in names)
