"""What a call asks of PostgreSQL and Redis, counted at their doors."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from admission.connection import GuardedPipeline, GuardedRedis
from audit import ledger

_TRANSACTIONAL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True, order=True)
class Asked:
    """Statements and transactions of the call's own, entries that it handed in, round trips to Redis."""

    queries: int
    transactions: int
    entries: int
    trips: int


def fewest(call: Callable[[], Any], monkeypatch: pytest.MonkeyPatch, times: int = 5) -> Asked:
    """What one of several calls took at least: between two of them a lease, or what a process keeps, may run out."""
    return min(_asked(call, monkeypatch) for _time in range(times))


def _asked(call: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> Asked:
    trips: list[None] = []
    entries: list[None] = []
    with monkeypatch.context() as patched, CaptureQueriesContext(connection) as captured:
        for door, name in (
            (GuardedRedis, "execute_command"), (GuardedPipeline, "execute"),
        ):  # fmt: skip
            patched.setattr(door, name, _counted(getattr(door, name), trips))
        patched.setattr(ledger, "_write_together", _counted(ledger._write_together, entries))
        call()
    said = [query["sql"].split(" ", 1)[0].strip().rstrip(";") for query in captured.captured_queries]
    own = [word for word in said if word not in _TRANSACTIONAL]
    return Asked(len(own), said.count("BEGIN"), len(entries), len(trips))


def _counted(kept: Callable[..., Any], into: list[None]) -> Callable[..., Any]:
    def counted(*given: Any, **named: Any) -> Any:
        into.append(None)
        return kept(*given, **named)

    return counted
