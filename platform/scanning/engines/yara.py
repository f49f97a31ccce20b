"""The engine that goes by YARA-X rules: those that are shipped, and those that an operator adds.

A rule's `verdict` is `reject` or `hold`, its `words` are the evidence. Files are looked at in stretches that overlap,
so memory stays flat; rules must therefore not depend on a file's whole size.
"""

import functools
import hashlib
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

import yara_x

from kernel.errors import FILE_HAS_MACROS, FILE_INFECTED
from scanning.engines.port import Clean, EngineUnavailableError, Held, Rejected, Source, Verdict, Version

SHIPPED = Path(__file__).parents[1] / "rules"
STRETCH_BYTES = 16 * 1024 * 1024
OVERLAP_BYTES = 64 * 1024
_SECONDS_A_STRETCH = 20


class RulesError(ValueError):
    """A file of rules can't be used; the words say which and why."""


class YaraEngine:
    """Part of the check for malware. `folders` hold files that end in `.yar`."""

    name, check = "rules", "malware"

    def __init__(self, *folders: Path) -> None:
        self._folders = folders

    def version(self) -> Version:
        """YARA-X's version, and a fingerprint of all rules. Raises EngineUnavailableError."""
        return Version(f"YARA-X {version('yara-x')}", _loaded(_stamp(self._folders))[1])

    def examine(self, source: Source) -> Verdict:
        """Rejected or held by the first rule that says so. Raises EngineUnavailableError when it takes too long."""
        scanner = yara_x.Scanner(_loaded(_stamp(self._folders))[0])
        scanner.set_timeout(_SECONDS_A_STRETCH)
        doubt: Held | None = None
        try:
            for stretch in stretches(source.chunks()):
                for verdict in map(_verdict_of, _matching(scanner, stretch)):
                    if isinstance(verdict, Rejected):
                        return verdict
                    doubt = doubt or verdict
        finally:
            del scanner  # it may end in its own thread alone, which an error's traceback would outlive
        return doubt or Clean("no rule fits")


def stretches(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The file in overlapping stretches, so that no sign shorter than the overlap is cut in two."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        if len(held) >= STRETCH_BYTES:
            yield bytes(held)
            del held[:-OVERLAP_BYTES]
    yield bytes(held)


def rules_in(*folders: Path) -> tuple[yara_x.Rules, str]:
    """All rules of these folders compiled, and their fingerprint. Raises RulesError."""
    compiler, seen = yara_x.Compiler(), hashlib.sha256()
    for file in _files(folders):
        text = file.read_text(encoding="utf-8")
        seen.update(text.encode())
        try:
            compiler.new_namespace(file.stem)
            compiler.add_source(text, origin=file.name)
        except yara_x.CompileError as error:
            raise RulesError(f"{file.name}: {error}") from error
    return compiler.build(), f"rules {seen.hexdigest()[:16]}"


def _matching(scanner: yara_x.Scanner, stretch: bytes) -> tuple[yara_x.Rule, ...]:
    try:
        return tuple(scanner.scan(stretch).matching_rules)
    except (yara_x.TimeoutError, yara_x.ScanError) as error:
        raise EngineUnavailableError(f"YARA-X gave no answer: {type(error).__name__}.") from error
    finally:
        del scanner


def _verdict_of(rule: yara_x.Rule) -> Held | Rejected:
    told = dict(rule.metadata)
    detail = f"{rule.identifier}: {told.get('words', 'a rule fits')}"
    return Held(FILE_HAS_MACROS, detail) if told.get("verdict") == "hold" else Rejected(FILE_INFECTED, detail)


_Stamp = tuple[tuple[str, int], ...]


def _files(folders: Iterable[Path]) -> list[Path]:
    return sorted(file for folder in folders for file in folder.glob("*.yar"))


def _stamp(folders: Iterable[Path]) -> _Stamp:
    """What tells whether the rules changed, so that a worker takes up new ones without a restart."""
    return tuple((str(file), file.stat().st_mtime_ns) for file in _files(folders))


@functools.lru_cache(maxsize=1)
def _loaded(stamp: _Stamp) -> tuple[yara_x.Rules, str]:
    """Raises EngineUnavailableError for rules that can't be used: no file passes on fewer rules than were meant."""
    try:
        return rules_in(*dict.fromkeys(Path(name).parent for name, _ in stamp))
    except RulesError as error:
        raise EngineUnavailableError(str(error)) from error
