"""Kinds of files that carry more than they show."""

from collections.abc import Iterator

from marketplace.review.findings import Finding, Item, Severity, add, remove
from marketplace.review.subject import Check, Subject
from policy.media_types import EXTENSIONS

_ANYTHING = frozenset({"application/octet-stream", "binary/octet-stream", "application/x-binary"})
_PROGRAMS = frozenset({
    "application/x-msdownload", "application/x-msdos-program", "application/vnd.microsoft.portable-executable",
    "application/x-executable", "application/java-archive", "application/vnd.android.package-archive",
    "application/x-sh", "application/x-httpd-php", "application/hta", "application/x-msi", "text/x-python",
    "application/x-apple-diskimage", "application/vnd.debian.binary-package",
})  # fmt: skip
_PACKED = frozenset({"application/zip", "application/x-7z-compressed", "application/gzip", "application/x-tar",
                     "application/vnd.rar", "application/x-rar-compressed"})  # fmt: skip


class Types(Check):
    """Looks at each type that is taken."""

    name = "types"
    item = Item.LIMITS

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """One finding for each type that is risky or unknown, one where contents aren't compared with types."""
        types = subject.document.uploads.types
        for position, content_type in enumerate(types):
            fix = (remove(f"/uploads/types/{position}"),) if len(types) > 1 else ()
            if told := _about(content_type, is_public=subject.is_public):
                severity, code, words = told
                yield Finding(severity, code, f"/uploads/types/{position}", content_type, words, fix)
        if "content_type" not in subject.document.scanning.engines and not subject.is_public:
            words = "Nobody compares what a file is with what it says it is."
            evidence = ", ".join(subject.document.scanning.engines)
            fix = (add("/scanning/engines/0", "content_type"),)
            yield Finding(Severity.MEDIUM, "TYPE_NOT_CHECKED", "/scanning/engines", evidence, words, fix)


def _about(content_type: str, *, is_public: bool) -> tuple[Severity, str, str] | None:
    if content_type in _ANYTHING:
        return Severity.HIGH, "TYPE_IS_ANYTHING", "This type is any file at all: the list of types would mean nothing."
    if content_type in _PROGRAMS:
        return Severity.HIGH, "TYPE_IS_A_PROGRAM", "Files of this type run on the computer that opens them."
    if "macroenabled" in content_type:
        return Severity.MEDIUM, "TYPE_HAS_MACROS", "Files of this type carry programs that run when they are opened."
    if content_type in _PACKED and is_public:
        return (
            Severity.MEDIUM,
            "PACKED_FILES_FROM_ANYONE",
            "Strangers could hand in archives, which hide what is in them.",
        )
    if content_type not in EXTENSIONS and content_type not in _PACKED:
        return Severity.LOW, "TYPE_IS_UNKNOWN", "Gatehouse doesn't know what this type looks like inside."
    return None
