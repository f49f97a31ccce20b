"""Many things in one call: up to 100 items each, every one with its own result."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from gatehouse.calls import Calls
from gatehouse.problems import GatehouseProblem, problem_of
from gatehouse.retries import LONGEST_WAIT_S, jittered, may_retry
from gatehouse.steps import Plan
from gatehouse.values import ItemResult, read

MOST_ITEMS = 100
T = TypeVar("T")
Item = Mapping[str, object]


def batch(calls: Calls, kind: type[T], path: str, items: Sequence[Item]) -> Plan[list[ItemResult[T]]]:
    """The items' results in their order, asked for in lots of up to 100."""
    results: list[ItemResult[T]] = []
    for at in range(0, len(items), MOST_ITEMS):
        results += yield from _lot(calls, kind, path, items[at : at + MOST_ITEMS])
    return results


def _lot(calls: Calls, kind: type[T], path: str, items: Sequence[Item]) -> Plan[list[ItemResult[T]]]:
    """Items that waiting helps are sent again, alone, under the policy of calls; only what stays refused is told."""
    results: list[ItemResult[T]] = [ItemResult() for _ in items]
    open_items = list(range(len(items)))
    for delay in (*calls.policy.delays, None):
        answer = yield from calls.raw("POST", path, {"items": [items[index] for index in open_items]})
        for index, told in zip(open_items, _results_in(answer, len(open_items)), strict=True):
            results[index] = _result(kind, told)
        open_items = [index for index in open_items if _may_help(results[index].problem)]
        problems = [problem for index in open_items if (problem := results[index].problem)]
        longest = max((problem.retry_after or 0 for problem in problems), default=0)
        if not problems or delay is None or longest > LONGEST_WAIT_S:
            break
        yield from calls.policy.pause(longest + jittered(delay), problems[0])
    return results


def _results_in(answer: Any, count: int) -> list[Mapping[str, Any]]:
    """One for each item. Raises GatehouseProblem for anything else."""
    results = answer.get("results") if isinstance(answer, Mapping) else None
    if not isinstance(results, list) or len(results) != count:
        raise GatehouseProblem({"code": "INTERNAL"})
    return results


def _result(kind: type[T], told: Mapping[str, Any]) -> ItemResult[T]:
    if told.get("problem"):
        return ItemResult(problem=problem_of(told["status"], told["problem"]))
    return ItemResult(read(kind, told["body"]))


def _may_help(problem: GatehouseProblem | None) -> bool:
    return problem is not None and may_retry(problem.status, problem.retry_after)
