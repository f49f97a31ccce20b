"""Folder paths and file names that people give: data, never part of an object key.

Every surface normalises through here once, so that two spellings of a path can't pass two checks differently.
"""

import unicodedata

MAX_SEGMENT_CHARACTERS = 255
MAX_DEPTH = 32
_REFUSED_CATEGORIES = {"Cc", "Cs", "Co", "Cn"}
_BIDI_CONTROLS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class UnusablePathError(ValueError):
    """The name can't be kept; its text says why, in words for the person who typed it."""


def clean_name(name: str) -> str:
    """One file or folder name in NFC without outer spaces.

    Raises UnusablePathError for what would deceive a reader or a file system: control and direction characters,
    slashes, dot names, lone surrogates, more than 255 characters.
    """
    cleaned = unicodedata.normalize("NFC", name).strip()
    if not cleaned:
        raise UnusablePathError("A name needs at least one character.")
    if len(cleaned) > MAX_SEGMENT_CHARACTERS:
        raise UnusablePathError(f"A name has at most {MAX_SEGMENT_CHARACTERS} characters; this one has {len(cleaned)}.")
    if cleaned in {".", ".."}:
        raise UnusablePathError("A name can't be only dots.")
    if any(_is_refused(character) for character in cleaned):
        raise UnusablePathError("A name can't hold slashes, backslashes or invisible control characters.")
    return cleaned


def _is_refused(character: str) -> bool:
    refused_category = unicodedata.category(character) in _REFUSED_CATEGORIES
    return character in "/\\" or character in _BIDI_CONTROLS or refused_category


def clean_path(path: str) -> str:
    """A folder path as `a/b/c` (the root is the empty string), each segment cleaned.

    One leading and one trailing slash are allowed; empty segments are not. Raises UnusablePathError.
    """
    trimmed = path.removeprefix("/").removesuffix("/")
    if not trimmed:
        return ""
    segments = trimmed.split("/")
    if len(segments) > MAX_DEPTH:
        raise UnusablePathError(f"Folders go at most {MAX_DEPTH} levels deep; this path has {len(segments)}.")
    return "/".join(clean_name(segment) for segment in segments)


def is_within(path: str, prefix: str) -> bool:
    """Whether a cleaned path is the cleaned prefix or below it, by whole segments: `photosX` is not in `photos`."""
    return not prefix or path == prefix or path.startswith(prefix + "/")
