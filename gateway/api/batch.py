"""Many things in one call: each item with its own result and its own record, and none in another's way."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import msgspec
from django.db import DatabaseError
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.api import schemas
from gateway.api.authentication import SignedTokenAuthentication
from gateway.api.charging import Toll
from gateway.api.keys import keyed
from gateway.api.operation import OperationView, answered, caller_of
from gateway.api.parsing import JSONBytesParser, convert, decode
from gateway.api.problems import as_problem, problem_json
from gateway.callers import Caller
from gateway.idempotency import claimed, once
from gateway.kept_answers import Keyed, Reply
from kernel.errors import Problem

T = TypeVar("T")
Weigh = Callable[[list[Any]], int]
DoAll = Callable[[Caller, list[tuple[T, Keyed | None]]], list[Reply | Problem]]


class BatchParser(JSONBytesParser):
    """Bodies of up to a hundred items."""

    max_bytes = 512_000


class BatchView(OperationView):
    """An address that takes many. How many is only known once they were read, so the gate is passed then, for all."""

    parser_classes = (BatchParser,)
    authentication_classes = (SignedTokenAuthentication,)


def answer_all(request: Request, kind: type[T], do: DoAll[T], weigh: Weigh = len) -> Response:
    """The results of all items in their order; one's refusal is its own.

    All are charged at once, before any is done; `weigh` says as how many they count. Under a key each item is done
    once, and the call is done once as a whole. Raises Problem VALIDATION for what isn't a batch, RATE_LIMITED for one
    that doesn't fit now, and as `claimed` does.
    """
    caller, items, key = _entered(request, weigh)

    def run() -> Reply:
        return Reply(200, {"results": _results(caller, items, kind, do, key)}, kept={"items": len(items)})

    return answered(claimed(caller, key, lambda _: run(), lambda kept: replace(run(), replayed=kept.replayed)))


def answer_whole(request: Request, kind: type[T], do: DoAll[T]) -> Response:
    """As `answer_all`, for what is done in one transaction and opens nothing: its results are kept with it."""
    caller, items, key = _entered(request, len)
    return answered(once(caller, key, lambda: Reply(200, {"results": _results(caller, items, kind, do, None)})))


def _entered(request: Request, weigh: Weigh) -> tuple[Caller, list[Any], Keyed | None]:
    with Toll(request._request, caller_of(request).claims) as toll:
        items, key = decode(request.data, schemas.Batch).items, keyed(request)
        return toll.let_in(key, weigh(items)), items, key


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


def outcome_of(do: Callable[[], Reply]) -> Reply | Problem:
    """The reply, or the Problem that it comes to."""
    try:
        return do()
    except (Problem, DatabaseError) as error:
        return as_problem(error)
