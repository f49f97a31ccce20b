"""The engines that look inside a file, each in a child process with limits: structure, personal data, secrets."""

import json
import signal
import sys
import tempfile
from collections.abc import Mapping
from typing import IO, Any

import pypdf

from kernel.errors import CATALOGUE, FILE_UNCHECKABLE, FILE_UNREADABLE
from scanning.engines.port import Clean, EngineUnavailableError, Held, Rejected, Source, Verdict, Version
from scanning.fork_server import ForkServer, OverranError
from scanning.inside import closed, zips

children = ForkServer("scanning.inside.__main__")
_WALL_SECONDS = 60
_OVER_LIMIT = {4, -signal.SIGXCPU, -signal.SIGALRM, -signal.SIGSEGV, -signal.SIGABRT}
"""How a child ends whose file asks for more than it may have; any other unusual end is the machine's fault."""

_RULES = "rules 4"
"""Counted up when signs or limits change, so that verdicts tell which they went by."""

_LARGEST_SEARCHED_BYTES = 500_000_000


class StructureEngine:
    """Can it be unpacked and opened safely: bombs, depth, passwords, programs. Part of the check for malware."""

    name, check = "structure", "malware"

    def version(self) -> Version:
        """The readers', and that of our own limits."""
        return Version(f"Python {sys.version_info.major}.{sys.version_info.minor}, pypdf {pypdf.__version__}", _RULES)

    def examine(self, source: Source) -> Verdict:
        """Rejected where unpacking it does harm, held where a person must know what they open."""
        if not _begins_packed(source.head()) and not _ends_packed(source):
            return Clean("nothing is packed in it")
        answer = _asked(self.name, source.on_disk())
        if answer is None:
            return Rejected(FILE_UNCHECKABLE, "looking inside asked for more than a gigabyte or half a minute")
        return _verdict(answer, "nothing found inside")


class SearchEngine:
    """Looks for signs in a file's text; `personal_data` and `secrets` are such searches."""

    def __init__(self, name: str) -> None:
        self.name = self.check = name

    def version(self) -> Version:
        """The reader of PDFs, and that of our own signs."""
        return Version(f"pypdf {pypdf.__version__}", _RULES)

    def examine(self, source: Source) -> Verdict:
        """Held where a person must decide, also about a text that can't be read to its end."""
        if source.size > _LARGEST_SEARCHED_BYTES and _may_hold_text(source):
            return Held(FILE_UNREADABLE, "it is too large to be searched")
        if not _may_hold_text(source):
            return Clean("it holds no text")
        answer = _asked(self.name, source.on_disk())
        if answer is None:
            return Held(FILE_UNREADABLE, "searching it asked for too much time or memory")
        return _verdict(answer, "nothing found in its text")


def _begins_packed(head: bytes) -> bool:
    is_document = head.startswith(zips.OLD_OFFICE) or zips.PDF in head[: zips.PDF_WITHIN]
    return is_document or head.startswith(closed.BEGINS) or zips.packs_others(head)


def _ends_packed(source: Source) -> bool:
    """Whether it is a ZIP to whoever reads it from its end. Of pictures another engine says so, on its way."""
    is_medium = source.content_type.partition("/")[0] in {"image", "audio", "video"}
    return not is_medium and zips.is_behind(source.on_disk(), source.size)


def _may_hold_text(source: Source) -> bool:
    kind = source.content_type.partition("/")[0]
    return kind not in {"image", "audio", "video"} or source.content_type.startswith("image/svg")


def _asked(question: str, file: IO[bytes]) -> list[Mapping[str, Any]] | None:
    """The child's findings; None where the file asked for more than it may have. Raises EngineUnavailableError."""
    try:
        with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as errors:
            code = children.run([question], [file, answer, errors], _WALL_SECONDS)
            told, complaint = _whole(answer), _whole(errors)
    except OverranError:
        return None
    except OSError as error:
        raise EngineUnavailableError(f"The child can't be started: {error.strerror}.") from error
    if code in _OVER_LIMIT:
        return None
    if code:
        raise EngineUnavailableError(f"The child ended with {code}: {_last_line(complaint)}")
    found: list[Mapping[str, Any]] = json.loads(told)
    return found


def _whole(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _last_line(errors: bytes) -> str:
    """The kind of error alone: what follows it may quote the file."""
    lines = errors.decode("utf-8", "replace").strip().splitlines() or [""]
    return lines[-1].partition(":")[0][:80]


def _verdict(found: list[Mapping[str, Any]], nothing: str) -> Verdict:
    if not found:
        return Clean(nothing)
    first = found[0]
    detail = ", ".join(dict.fromkeys(str(finding["detail"]) for finding in found))
    if first["is_refusal"]:
        return Rejected(CATALOGUE[first["code"]], detail, {"why": str(first["why"])})
    return Held(CATALOGUE[first["code"]], detail)
