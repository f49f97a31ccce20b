"""Folder paths and file names that people give: data, never part of an object key.

Every surface normalises through here once, so that two spellings of a path can't pass two checks differently.
"""

import unicodedata

from kernel.language import said

MAX_SEGMENT_CHARACTERS = 255
MAX_DEPTH = 32
_REFUSED_CATEGORIES = {"Cc", "Cs", "Co", "Zl", "Zp"}
_BIDI_CONTROLS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Two names that look alike must be one name. The joiners stay inside a name: Persian and emoji are written with them.
_JOINERS = "\u200c\u200d"
_UNSEEN = set("\u00ad\u034f\u115f\u1160\u180e\u200b\u2060\u2061\u2062\u2063\u2064\u3164\ufeff\uffa0")


class UnusablePathError(ValueError):
    """The name can't be kept; its text says why, in words for the person who typed it."""


def clean_name(name: str) -> str:
    """One file or folder name in NFC without outer spaces.

    Raises UnusablePathError for what would deceive a reader or a file system: control, direction and unseen
    characters, line breaks, slashes, dot names, lone surrogates, more than 255 characters.
    """
    cleaned = unicodedata.normalize("NFC", name).strip()
    if not cleaned.strip(_JOINERS):
        raise UnusablePathError(said("A name needs at least one character."))
    if len(cleaned) > MAX_SEGMENT_CHARACTERS:
        words = said("A name has at most {most} characters; this one has {count}.")
        raise UnusablePathError(words.format(most=MAX_SEGMENT_CHARACTERS, count=len(cleaned)))
    if cleaned in {".", ".."}:
        raise UnusablePathError(said("A name can't be only one or two dots."))
    if not _is_plain(cleaned) and any(_is_refused(character) for character in cleaned):
        raise UnusablePathError(said("A name can't hold slashes, backslashes or invisible control characters."))
    return cleaned


def _is_plain(cleaned: str) -> bool:
    """What most names are: told at once, instead of character by character."""
    return cleaned.isascii() and cleaned.isprintable() and "/" not in cleaned and "\\" not in cleaned


def _is_refused(character: str) -> bool:
    """Code points without a meaning yet are kept: they are the emoji of a Unicode newer than this Python's."""
    if character in "/\\" or character in _BIDI_CONTROLS or character in _UNSEEN:
        return True
    return unicodedata.category(character) in _REFUSED_CATEGORIES or _is_noncharacter(ord(character))


def _is_noncharacter(code_point: int) -> bool:
    """What Unicode promises never to assign (The Unicode Standard §23.7)."""
    return 0xFDD0 <= code_point <= 0xFDEF or code_point & 0xFFFE == 0xFFFE


def clean_path(path: str) -> str:
    """A folder path as `a/b/c` (the root is the empty string), each segment cleaned.

    One leading and one trailing slash are allowed; empty segments are not. Raises UnusablePathError.
    """
    if path in {"", "/"}:
        return ""
    trimmed = path.removeprefix("/").removesuffix("/")
    segments = trimmed.split("/")
    if len(segments) > MAX_DEPTH:
        words = said("Folders go at most {most} levels deep; this path has {count}.")
        raise UnusablePathError(words.format(most=MAX_DEPTH, count=len(segments)))
    return "/".join(clean_name(segment) for segment in segments)


def is_within(path: str, prefix: str) -> bool:
    """Whether a cleaned path is the cleaned prefix or below it, by whole segments: `photosX` is not in `photos`."""
    return not prefix or path == prefix or path.startswith(prefix + "/")
