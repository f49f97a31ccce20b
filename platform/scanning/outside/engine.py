"""The engine that asks one scanner of an organisation's own."""

import uuid
from dataclasses import dataclass
from typing import IO

from django.conf import settings

from kernel import clock
from kernel.errors import FILE_UNANSWERED
from kernel.outbound import OutboundError, ask
from scanning.engines.port import EngineUnavailableError, Held, Source, Verdict, Version
from scanning.outside import standing
from scanning.outside.questions import LONGEST_ANSWER_BYTES, Form, Question, verdict_of

CHECK = "outside"
_PATIENCE_SECONDS = 30.0
_SLOWEST_BYTES_PER_SECOND = 1_000_000
_LONGEST_SECONDS = 900.0
"""Well within the hour after which a task that nobody finished is given to another worker."""


@dataclass(frozen=True, slots=True, repr=False)
class Scanner:
    """Whom to ask, and the secret of both; without a repr because of that."""

    tenant_id: uuid.UUID
    id: uuid.UUID
    name: str
    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class OutsideEngine:
    """Where `gives_up`, silence sets the file aside for a person; else the file waits, and it is asked again."""

    scanner: Scanner
    gives_up: bool = False
    check: str = CHECK

    @property
    def name(self) -> str:
        """The name that its owner gave it, marked as theirs."""
        return f"{CHECK} {self.scanner.name}"

    def version(self) -> Version:
        """Not known before it answers: its verdict tells it."""
        return Version("an outside scanner")

    def examine(self, source: Source) -> Verdict:
        """What its signed answer says. Raises EngineUnavailableError where there is none."""
        try:
            return self._asked(source)
        except EngineUnavailableError as error:
            if not self.gives_up:
                raise
            return Held(FILE_UNANSWERED, f"no answer: {error}")

    def _asked(self, source: Source) -> Verdict:
        scanner = self.scanner
        if standing.rests(scanner.id):
            raise EngineUnavailableError("It gave no answer within the last minute.")
        file = source.on_disk()
        try:
            verdict = _answer(scanner, Question.about(source, clock.now()), file, source.size)
        except EngineUnavailableError as error:
            standing.note_failure(scanner.tenant_id, scanner.id, str(error))
            raise
        standing.note_answer(scanner.tenant_id, scanner.id)
        return verdict


@dataclass(frozen=True, slots=True)
class NobodyToAsk:
    """Stands where a template wants a scanner of the organisation's own and there is none: the file waits likewise."""

    gives_up: bool
    name: str = CHECK
    check: str = CHECK

    def version(self) -> Version:
        """Of nothing."""
        return Version("none")

    def examine(self, source: Source) -> Verdict:
        """Held once it has waited long enough. Raises EngineUnavailableError before."""
        if self.gives_up:
            return Held(FILE_UNANSWERED, "the workspace has no scanner of its own that is on")
        raise EngineUnavailableError("The workspace has no scanner of its own that is on.")


def _answer(scanner: Scanner, question: Question, file: IO[bytes], size: int) -> Verdict:
    """Raises EngineUnavailableError."""
    try:
        answer = ask(
            scanner.url,
            Form(question, file, size),
            question.headers(scanner.secret, clock.now()),
            max_bytes=LONGEST_ANSWER_BYTES,
            seconds=min(_PATIENCE_SECONDS + size / _SLOWEST_BYTES_PER_SECOND, _LONGEST_SECONDS),
            allow_private=settings.OUTBOUND_PRIVATE_ADDRESSES_ALLOWED,
        )
    except OutboundError as error:
        raise EngineUnavailableError(str(error)) from error
    return verdict_of(question, scanner.secret, answer.headers, answer.body)
