"""The types of files that are told apart: their other names, what passes for them, their words for people.

A type that isn't listed here has no signature that we rely on; `content` says how such a one is judged.
"""

from collections.abc import Mapping

UNKNOWN = "application/octet-stream"
PLAIN_TEXT = "text/plain"
WEB_PAGE = "text/html"
DRAWING = "image/svg+xml"
TIFF = "image/tiff"
ZIP = "application/zip"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
POWERPOINT = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
_OLD_OFFICE = frozenset({"application/cdfv2", "application/x-ole-storage", "application/vnd.ms-office"})

ALIASES: Mapping[str, str] = {
    "application/csv": "text/csv",
    "application/x-gzip": "application/gzip",
    "application/x-json": "application/json",
    "application/x-pdf": "application/pdf",
    "application/x-rar": "application/vnd.rar",
    "application/x-rar-compressed": "application/vnd.rar",
    "application/x-rtf": "application/rtf",
    "application/x-zip": ZIP,
    "application/x-zip-compressed": ZIP,
    "application/x-msdownload": "application/x-dosexec",
    "application/vnd.microsoft.portable-executable": "application/x-dosexec",
    "application/xhtml+xml": WEB_PAGE,
    "audio/m4a": "audio/mp4",
    "audio/mp3": "audio/mpeg",
    "audio/vnd.wave": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/x-flac": "audio/flac",
    "audio/x-m4a": "audio/mp4",
    "audio/x-wav": "audio/wav",
    "image/heif": "image/heic",
    "image/heic-sequence": "image/heic",
    "image/heif-sequence": "image/heic",
    "image/jpg": "image/jpeg",
    "image/jpx": "image/jp2",
    "image/pjpeg": "image/jpeg",
    "image/vnd.microsoft.icon": "image/x-icon",
    "image/x-ms-bmp": "image/bmp",
    "image/x-png": "image/png",
    "inode/x-empty": "application/x-empty",
    "text/json": "application/json",
    "text/rtf": "application/rtf",
    "text/xml": "application/xml",
    "video/x-m4v": "video/mp4",
}
"""Second names, as browsers, libmagic and filetype use them, for the one that is used here."""

WORDS: Mapping[str, str] = {
    "application/epub+zip": "an e-book",
    "application/gzip": "a GZIP archive",
    "application/msword": "an old Word document",
    "application/pdf": "a PDF",
    "application/rtf": "an RTF document",
    "application/vnd.ms-excel": "an old Excel sheet",
    "application/vnd.ms-powerpoint": "an old PowerPoint presentation",
    "application/vnd.rar": "a RAR archive",
    "application/x-7z-compressed": "a 7-Zip archive",
    "application/x-dosexec": "a program for Windows",
    "application/x-empty": "an empty file",
    "application/x-executable": "a program",
    "application/x-mach-binary": "a program for macOS",
    "application/x-pie-executable": "a program",
    "application/x-sharedlib": "a program",
    "application/x-tar": "a TAR archive",
    ZIP: "a ZIP archive",
    WORD: "a Word document",
    EXCEL: "an Excel sheet",
    POWERPOINT: "a PowerPoint presentation",
    f"{_OPEN_DOCUMENT}.presentation": "an OpenDocument presentation",
    f"{_OPEN_DOCUMENT}.spreadsheet": "an OpenDocument sheet",
    f"{_OPEN_DOCUMENT}.text": "an OpenDocument text",
    "audio/flac": "a FLAC recording",
    "audio/mp4": "an M4A recording",
    "audio/mpeg": "an MP3 recording",
    "audio/ogg": "an OGG recording",
    "audio/wav": "a WAV recording",
    "image/avif": "an AVIF picture",
    "image/bmp": "a BMP picture",
    "image/gif": "a GIF picture",
    "image/heic": "a HEIC photo",
    "image/jp2": "a JPEG 2000 picture",
    "image/jpeg": "a JPG photo",
    "image/png": "a PNG picture",
    DRAWING: "an SVG drawing",
    TIFF: "a TIFF picture",
    "image/webp": "a WEBP picture",
    "image/x-icon": "an icon",
    WEB_PAGE: "a web page",
    "video/mp4": "an MP4 video",
    "video/quicktime": "a MOV video",
    "video/webm": "a WEBM video",
    "video/x-matroska": "an MKV video",
    "video/x-msvideo": "an AVI video",
}
"""Types that are known by their signature: what claims to be one must look like one."""

UNKNOWN_WORDS, OTHER_WORDS = "an unknown kind of file", "a file of the type"
TEXT_WORDS: Mapping[str, str] = {
    "application/json": "JSON",
    "application/xml": "XML",
    "text/csv": "a CSV table",
    "text/markdown": "Markdown text",
    PLAIN_TEXT: "plain text",
}
TEXTS = frozenset(TEXT_WORDS) | {"application/x-ndjson", "application/yaml", "application/toml"}

COMPATIBLE: Mapping[str, frozenset[str]] = {
    "application/msword": _OLD_OFFICE,
    "application/vnd.ms-excel": _OLD_OFFICE,
    "application/vnd.ms-powerpoint": _OLD_OFFICE,
    "audio/mp4": frozenset({"video/mp4"}),
    "audio/ogg": frozenset({"application/ogg", "video/ogg"}),
    "audio/webm": frozenset({"video/webm"}),
    "video/mp4": frozenset({"audio/mp4"}),
    "video/ogg": frozenset({"application/ogg", "audio/ogg"}),
    "video/webm": frozenset({"video/x-matroska"}),
}
"""What else may be seen where a type is declared: containers of either, files whose subtype lies deep inside."""

ZIP_BASED = frozenset({WORD, EXCEL, POWERPOINT, "application/epub+zip", "application/java-archive"})
PARTS_OF: Mapping[str, str] = {WORD: "word/", EXCEL: "xl/", POWERPOINT: "ppt/"}
"""The folder inside the ZIP that makes it this document (ECMA-376 part 2, as every writer does it)."""


def canonical(content_type: str) -> str:
    """The type's one name: lower case, without parameters (RFC 9110 §8.3.1)."""
    bare = content_type.partition(";")[0].strip().lower()
    return ALIASES.get(bare, bare)


def type_words(content_type: str) -> str:
    """The type as people call it, with its article: `a JPG photo`."""
    name = canonical(content_type)
    if words := WORDS.get(name) or TEXT_WORDS.get(name):
        return words
    return UNKNOWN_WORDS if name in {"", UNKNOWN} else f"{OTHER_WORDS}: {name}"


def is_zip_based(content_type: str) -> bool:
    """Whether a file of this type is a ZIP archive underneath."""
    return content_type in ZIP_BASED or content_type.startswith(_OPEN_DOCUMENT)


def is_picture(content_type: str) -> bool:
    """Whether this is a picture made of pixels, which has no reason to hold markup that runs."""
    return content_type.startswith("image/") and content_type != DRAWING


def is_text(content_type: str) -> bool:
    """Whether a declared type promises text without markup that a browser would run."""
    return content_type in TEXTS or (content_type.startswith("text/") and content_type != WEB_PAGE)
