"""What an engine is: it says clean, held or rejected, or raises EngineUnavailableError; it never guesses.

A file whose engine can't answer waits. No engine is skipped, and silence is never taken for clean.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Protocol

from kernel.errors import ProblemType


class EngineUnavailableError(RuntimeError):
    """The engine gave no answer that can be relied on; ask again later."""


@dataclass(frozen=True, slots=True)
class Version:
    """What judged: the engine's version, and that of the signatures or rules that change under it."""

    engine: str
    signatures: str = ""


@dataclass(frozen=True, slots=True)
class Clean:
    """Nothing was found. `detail` says what was looked at, for the record."""

    detail: str = ""
    by: Version | None = None
    """What judged, where only the answer tells it."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The file may not stay, for a catalogued problem; `facts` fill its words, `detail` is the evidence."""

    problem: ProblemType
    detail: str
    facts: Mapping[str, str] = field(default_factory=dict)
    by: Version | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A person must decide. `detail` is the evidence in words that repeat nothing of the secret itself."""

    problem: ProblemType
    detail: str
    facts: Mapping[str, str] = field(default_factory=dict)
    by: Version | None = None


Verdict = Clean | Held | Rejected


class Source(Protocol):
    """One file under examination. Reading it again gives the same bytes or raises."""

    @property
    def name(self) -> str:
        """What the person called it."""

    @property
    def content_type(self) -> str:
        """The declared type."""

    @property
    def size(self) -> int:
        """How many bytes `chunks` gives."""

    def head(self) -> bytes:
        """The first bytes, as many as tell what it is."""

    def chunks(self) -> Iterator[bytes]:
        """All bytes from the beginning, never the whole file at once."""

    def on_disk(self) -> IO[bytes]:
        """The same bytes as a file without a name, written once; whoever made the source closes it.

        Raises EngineUnavailableError when the disk is full: the file then waits for another worker.
        """

    def fingerprint(self) -> str:
        """The SHA-256 of all bytes, in hex."""


class Engine(Protocol):
    """One way of looking at a file. Engines keep nothing of a file and may be used by several threads."""

    @property
    def name(self) -> str:
        """What verdicts call it."""

    @property
    def check(self) -> str:
        """What policies call the check that it is part of."""

    def version(self) -> Version:
        """The engine's and its rules' version, for the record. Raises EngineUnavailableError."""

    def examine(self, source: Source) -> Verdict:
        """Look at one file in bounded time and memory. Raises EngineUnavailableError."""
