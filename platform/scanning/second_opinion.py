"""Magika's opinion, heard after libmagic's: a small model that was trained on files instead of on signatures.

It decides nothing alone. Where it is sure that something runs that was announced as something still, a person decides.
"""

import functools
from importlib.metadata import version as version_of

from magika import Magika

from scanning.kinds import DRAWING, WEB_PAGE, is_text

_SURE = 0.97
_RUNS = frozenset({"batch", "hta", "lnk", "php", "powershell", "shell", "vba", "javascript", "html", "xhtml"})
_RUNS_AS_TEXT = frozenset({"batch", "powershell", "vba", "hta"})
_PROGRAMS = "executable"
_OUGHT_TO_BE_STILL = ("image/", "audio/", "video/", "application/pdf", "application/vnd.", "application/zip")


def doubt_about(content_type: str, head: bytes) -> str | None:
    """What it takes the file for, where that runs and the declared type doesn't; None where there is no doubt."""
    if content_type in {DRAWING, WEB_PAGE} or not _ought_to_be_still(content_type):
        return None
    told = _model().identify_bytes(head)
    if told.score < _SURE:
        return None
    runs = _RUNS_AS_TEXT if is_text(content_type) else _RUNS
    is_one = told.output.group == _PROGRAMS or told.output.label in runs
    return told.output.label if is_one else None


def version() -> str:
    """The package's version, which names its model too."""
    return f"Magika {version_of('magika')}"


def _ought_to_be_still(content_type: str) -> bool:
    return is_text(content_type) or content_type.startswith(_OUGHT_TO_BE_STILL)


@functools.cache
def _model() -> Magika:
    """One for the process: loading takes 40 ms, asking 5 ms."""
    return Magika()
