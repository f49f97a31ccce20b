"""Many things in one call: each item by itself, in its own transactions, with its own result and its own record."""

from collections.abc import Callable
from dataclasses import replace
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


class BatchParser(JSONBytesParser):
    """Bodies of up to a hundred items."""

    max_bytes = 512_000


def answer_each(request: Request, kind: type[T], do: Do[T]) -> Response:
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


def _results(caller: Caller, items: list[Any], kind: type[T], do: Do[T], key: Keyed | None) -> list[Any]:
    """Once storage doesn't answer, it isn't waited for again a hundred times."""
    results: list[Any] = []
    outage: Problem | None = None
    for number, item in enumerate(items):
        outcome = outage or _outcome(caller, item, kind, do, key.item(number) if key else None)
        if isinstance(outcome, Problem):
            outage = outcome if outcome.type is STORAGE_UNAVAILABLE else None
            results.append({"status": outcome.type.status, "problem": problem_json(outcome)})
        else:
            results.append({"status": outcome.status, "body": msgspec.to_builtins(outcome.body)})
    return results


def _outcome(caller: Caller, item: Any, kind: type[T], do: Do[T], key: Keyed | None) -> Reply | Problem:
    try:
        return do(caller, convert(item, kind), key)
    except (Problem, DatabaseError) as error:
        return as_problem(error)
