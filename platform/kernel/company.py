"""Work that goes on side by side in one thread, so that what all of it waits for is asked for once.

A piece of work is ordinary code. Where it needs an answer from outside it calls `asked`: in company it stops there
until the others have come as far, then the questions of all are answered in one trip. Alone it just asks.

A piece must hold nothing that another may want while it stops: no lock, no open transaction. So only few places ask
this way, and they say so.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

_Question = TypeVar("_Question")
_Answer = TypeVar("_Answer")
_Result = TypeVar("_Result")

AnswerAll = Callable[[Sequence[_Question]], Sequence[_Answer | Exception]]
"""Answers questions in their order, each or with the error that is its own; what it raises is everybody's."""


class _Piece(greenlet):
    """One piece of work in company; between its steps it stands still with a question."""


def asked(answer_all: "AnswerAll[_Question, _Answer]", question: _Question) -> _Answer:
    """The answer, asked for together with those of all in the same company. Raises the error that it is."""
    piece = getcurrent()
    if not isinstance(piece, _Piece) or piece.parent is None:
        return alone(answer_all, question)
    answer: _Answer | Exception = piece.parent.switch((answer_all, question))
    return _told(answer)


def alone(answer_all: "AnswerAll[_Question, _Answer]", question: _Question) -> _Answer:
    """The answer, asked for by itself, as one must who holds something. Raises the error that it is."""
    (answer,) = answer_all([question])
    return _told(answer)


def side_by_side(pieces: Sequence[Callable[[], _Result]]) -> list[_Result | Exception]:
    """What came of each, in their order: its result or the exception that ended it."""
    going = [_Piece(_ended_by_itself(piece)) for piece in pieces]
    results: dict[_Piece, Any] = {}
    waiting: list[tuple[_Piece, Any]] = []

    def go_on(piece: _Piece, *answer: Any) -> None:
        told = piece.switch(*answer)
        if piece.dead:
            results[piece] = told
        else:
            waiting.append((piece, told))

    for piece in going:
        go_on(piece)
    while waiting:
        stopped, waiting = waiting, []
        for piece, answer in _answered(stopped):
            go_on(piece, answer)
    return [results[piece] for piece in going]


def _told(answer: _Answer | Exception) -> _Answer:
    if isinstance(answer, Exception):
        raise answer
    return answer


def _answered(stopped: Sequence[tuple[_Piece, Any]]) -> list[tuple[_Piece, Any]]:
    """Who asked what, with the answers: each kind of question in one go."""
    kinds: dict[Any, list[tuple[_Piece, Any]]] = defaultdict(list)
    for piece, (answer_all, question) in stopped:
        kinds[answer_all].append((piece, question))
    told: list[tuple[_Piece, Any]] = []
    for answer_all, questions in kinds.items():
        try:
            answers: Sequence[Any] = answer_all([question for _piece, question in questions])
        except Exception as error:  # noqa: BLE001 - raised again where each of them asked
            answers = [error] * len(questions)
        told += [(piece, answer) for (piece, _question), answer in zip(questions, answers, strict=True)]
    return told


def _ended_by_itself(piece: Callable[[], _Result]) -> Callable[[], _Result | Exception]:
    def run() -> _Result | Exception:
        try:
            return piece()
        except Exception as error:  # noqa: BLE001 - one piece's end is no other's
            return error

    return run
