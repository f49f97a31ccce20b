"""The child, with a question as its argument, the file as its standard input, and its answer as standard output.

Its answer is one line of JSON. A reader that runs into a limit ends the process; the parent knows what that means.
"""

import dataclasses
import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Final

from scanning.forked import serve
from scanning.inside import personal, secret_signs
from scanning.inside.findings import Finding
from scanning.inside.limits import limit_this_process
from scanning.inside.structure import structure_of
from scanning.inside.texts import MOST_CHARACTERS, UnreadableError, text_of

OVER_LIMIT: Final = 4
"""The exit code of a child that ran out of memory; out of time it dies of a signal."""


def _structure(file: IO[bytes]) -> list[Finding]:
    return structure_of(file, os.fstat(file.fileno()).st_size)


def _searched(code: str, signs: Mapping[str, personal.Sign]) -> Callable[[IO[bytes]], list[Finding]]:
    def search(file: IO[bytes]) -> list[Finding]:
        try:
            found = personal.words_for(personal.counts_in(_bounded(text_of(file)), signs), signs)
        except UnreadableError as error:
            return [Finding("FILE_UNREADABLE", f"the text can't be read: {error}")]
        return [Finding(code, ", ".join(found))] if found else []

    return search


def _bounded(pieces: Iterator[str]) -> Iterator[str]:
    """Raises UnreadableError once it is more text than can be searched in the child's time."""
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > MOST_CHARACTERS:
            raise UnreadableError("it is too long")
        yield piece


QUESTIONS: Mapping[str, Callable[[IO[bytes]], list[Finding]]] = {
    "structure": _structure,
    "personal_data": _searched("FILE_HAS_PERSONAL_DATA", personal.SIGNS),
    "secrets": _searched("FILE_HAS_SECRETS", secret_signs.SIGNS),
}


def serve_forks() -> None:
    """Have a child answer each question that is asked."""
    serve(_answer)


def _answer(arguments: Sequence[str]) -> None:
    limit_this_process()
    try:
        found = QUESTIONS[arguments[0]](io.BufferedReader(io.FileIO(0, closefd=False)))
    except MemoryError:
        sys.exit(OVER_LIMIT)
    sys.stdout.write(json.dumps([dataclasses.asdict(finding) for finding in found]))
