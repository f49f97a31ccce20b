"""Media types: one spelling, patterns, and the file extensions that choosers understand (RFC 6838, RFC 9110 §8.3.1)."""

import re
from collections.abc import Iterable

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}")
_ALIASES = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/heif": "image/heic",
    "application/x-pdf": "application/pdf",
    "application/x-zip": "application/zip",
    "application/x-zip-compressed": "application/zip",
    "application/csv": "text/csv",
}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
EXTENSIONS = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "image/gif": (".gif",),
    "image/heic": (".heic", ".heif"),
    "application/pdf": (".pdf",),
    _OFFICE + "wordprocessingml.document": (".docx",),
    _OFFICE + "spreadsheetml.sheet": (".xlsx",),
    _OFFICE + "presentationml.presentation": (".pptx",),
    _OPEN + "text": (".odt",),
    _OPEN + "spreadsheet": (".ods",),
    _OPEN + "presentation": (".odp",),
    "text/plain": (".txt",),
    "text/csv": (".csv",),
    "application/zip": (".zip",),
}
_BY_EXTENSION = {extension: content_type for content_type, names in EXTENSIONS.items() for extension in names}

# What browsers say when they don't know: nothing, the word for any bytes, or the program that opens a .csv.
_SAYS_NOTHING = {"", "application/octet-stream", "binary/octet-stream"}
_MISLABELLED = {(".csv", "application/vnd.ms-excel"): "text/csv"}

STRIPPABLE = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
"""Kinds of picture whose notes on camera, maker and place can be taken out."""

RUNS_IN_BROWSERS = frozenset({
    "text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml", "text/javascript",
    "application/javascript", "application/ecmascript", "application/wasm", "message/rfc822", "multipart/related",
})  # fmt: skip
_RUNNABLE_ENDINGS = (
    ".html", ".htm", ".xhtml", ".shtml", ".mhtml", ".mht", ".svg", ".svgz", ".xml", ".xsl", ".js", ".mjs", ".wasm",
    ".swf", ".exe", ".scr", ".msi", ".dll", ".bat", ".cmd", ".ps1", ".vbs", ".vbe", ".jse", ".wsf", ".hta", ".lnk",
    ".url", ".jar", ".sh", ".php", ".phtml", ".jsp", ".asp", ".aspx", ".app", ".apk", ".dmg", ".reg", ".chm",
)  # fmt: skip


def normalise(content_type: str) -> str | None:
    """The type in small letters without parameters and under its registered name; None where it isn't one."""
    bare = content_type.split(";", 1)[0].strip(" \t")
    if not bare.isascii():
        return None
    small = bare.lower()
    return _ALIASES.get(small, small) if _TYPE.fullmatch(small) else None


def type_of(name: str, declared: str) -> str | None:
    """The normalised type of a file: the declared one, or its name's where the declaration says nothing.

    Browsers declare no type for a HEIC photo and a wrong one for a CSV table. What the bytes are is checked later
    against this, so a name can't make a file into something that it isn't.
    """
    ending = extension_of(name)
    if declared.strip(" \t").lower() in _SAYS_NOTHING:
        return _BY_EXTENSION.get(ending)
    content_type = normalise(declared)
    return _MISLABELLED.get((ending, content_type or ""), content_type)


def extension_of(name: str) -> str:
    """The last extension with its dot in small letters, as Windows reads it: without closing dots and spaces."""
    _stem, dot, ending = name.rstrip(". ").rpartition(".")
    return dot + ending.lower() if dot else ""


def is_runnable(name: str) -> bool:
    """Whether double-clicking a file of this name would run it or open it as a page."""
    return extension_of(name) in _RUNNABLE_ENDINGS


def matches(content_type: str, patterns: Iterable[str]) -> bool:
    """Whether a normalised type is one of the patterns, `image/*` being all images."""
    family = content_type.split("/", 1)[0] + "/*"
    return any(pattern in {content_type, family} for pattern in patterns)


def accept_attribute(types: Iterable[str]) -> str:
    """The value of a file chooser's `accept`: types and extensions, since browsers go by either."""
    return ",".join(part for content_type in types for part in (content_type, *EXTENSIONS.get(content_type, ())))
