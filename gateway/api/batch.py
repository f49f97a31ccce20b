"""Many things in one call: each item with its own result and its own record, and none in another's way."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import msgspec
from django.db import DatabaseError
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.api import schemas
from gateway.api.charging import charge
from gateway.api.keys import keyed
from gateway.api.operation import answered, caller_of
from gateway.api.parsing import JSONBytesParser, convert, decode
from gateway.api.problems import as_problem, problem_json
from gateway.callers import Caller
from gateway.idempotency import claimed
from gateway.kept_answers import Keyed, Reply
from kernel.errors import STORAGE_UNAVAILABLE, Problem

T = TypeVar("T")
Do = Callable[[Caller, T, Keyed | None], Reply]
DoAll = Callable[[Caller, list[tuple[T, Keyed | None]]], list[Reply | Problem]]


class BatchParser(JSONBytesParser):
    """Bodies of up to a hundred items."""

    max_bytes = 512_000


def answer_each(request: Request, kind: type[T], do: Do[T]) -> Response:
    """As `answer_all`, one item after the other."""
    return answer_all(request, kind, partial(_one_by_one, do))


def answer_all(request: Request, kind: type[T], do: DoAll[T]) -> Response:
    """The results of all items in their order; one's refusal is its own.

    The first item was charged when the request came in, the others are before any is done. Under a key each item is
    done once, and the call is done once as a whole. Raises Problem VALIDATION for what isn't a batch, RATE_LIMITED for
    one that doesn't fit now, and as `claimed` does.
    """
    items, caller, key = decode(request.data, schemas.Batch).items, caller_of(request), keyed(request)
    if len(items) > 1:
        charge(request._request, caller.claims, len(items) - 1)

    def run() -> Reply:
        return Reply(200, {"results": _results(caller, items, kind, do, key)}, kept={"items": len(items)})

    return answered(claimed(caller, key, lambda _: run(), lambda kept: replace(run(), replayed=kept.replayed)))


def _results(caller: Caller, items: list[Any], kind: type[T], do: DoAll[T], key: Keyed | None) -> list[Any]:
    read = [_read(item, kind) for item in items]
    wanted = [
        (wish, key.item(number) if key else None) for number, wish in enumerate(read) if not isinstance(wish, Problem)
    ]
    outcomes = iter(do(caller, wanted))
    return [_told(wish if isinstance(wish, Problem) else next(outcomes)) for wish in read]


def _read(item: Any, kind: type[T]) -> T | Problem:
    try:
        return convert(item, kind)
    except Problem as problem:
        return problem


def _told(outcome: Reply | Problem) -> dict[str, Any]:
    if isinstance(outcome, Problem):
        return {"status": outcome.type.status, "problem": problem_json(outcome)}
    return {"status": outcome.status, "body": msgspec.to_builtins(outcome.body)}


def _one_by_one(do: Do[T], caller: Caller, wanted: list[tuple[T, Keyed | None]]) -> list[Reply | Problem]:
    """Once storage doesn't answer, it isn't waited for again a hundred times."""
    outcomes: list[Reply | Problem] = []
    outage: Problem | None = None
    for item, key in wanted:
        outcome = outage or outcome_of(partial(do, caller, item, key))
        if isinstance(outcome, Problem) and outcome.type is STORAGE_UNAVAILABLE:
            outage = outcome
        outcomes.append(outcome)
    return outcomes


def outcome_of(do: Callable[[], Reply]) -> Reply | Problem:
    """The reply, or the Problem that it comes to."""
    try:
        return do()
    except (Problem, DatabaseError) as error:
        return as_problem(error)
