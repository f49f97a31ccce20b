"""What the child says: a code of the platform's problem catalogue with words of our own, or nothing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found. `detail` is evidence for the owner, `why` completes the problem's sentence."""

    code: str
    detail: str
    why: str = ""
    is_refusal: bool = False


class RefusedError(Exception):
    """There is no need to look further: what was found refuses the file."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.code)


def unsafe(why: str) -> RefusedError:
    """An archive that can't be unpacked safely."""
    return RefusedError(Finding("FILE_ARCHIVE_UNSAFE", why, why, is_refusal=True))


def locked(detail: str) -> Finding:
    """Something that only a password opens."""
    return Finding("FILE_ENCRYPTED", detail)


def program(detail: str) -> Finding:
    """Something that runs where the file is opened."""
    return Finding("FILE_HAS_MACROS", detail)


def unreadable(detail: str) -> Finding:
    """Something that may hold anything, since it can't be read."""
    return Finding("FILE_UNREADABLE", detail)
