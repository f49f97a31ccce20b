"""What a call asks of PostgreSQL and Redis, counted at their doors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from admission import lease
from admission.connection import GuardedPipeline, GuardedRedis
from admission.connection import connection as redis_connection
from audit import ledger, reading

_LONG_MICROSECONDS = 600_000_000
_TRANSACTIONAL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True, order=True)
class Asked:
    """What it asked for.

    Statements and transactions of the call's own, entries that it handed in, round trips to Redis, and those to
    PostgreSQL that read by hand.
    """

    queries: int
    transactions: int
    entries: int
    trips: int
    readings: int = 0


def fewest(call: Callable[[], Any], monkeypatch: pytest.MonkeyPatch, times: int = 5) -> Asked:
    """What one of several calls took at least: between two of them what a process keeps may run out."""
    with believed(monkeypatch):
        return min(_asked(call, monkeypatch) for _time in range(times))


@contextmanager
def believed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Redis is believed all the while, so that no call has to bring it up to date, however slow the machine is."""
    with monkeypatch.context() as patched:
        patched.setattr(lease, "_LEASE_MICROSECONDS", _LONG_MICROSECONDS)
        lease.bring_up_to_date()
        redis_connection().set(lease.DUTY, "1", px=_LONG_MICROSECONDS // 1000)
        yield
    redis_connection().delete(lease.DUTY, lease.LEASE)


def _asked(call: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> Asked:
    trips: list[None] = []
    entries: list[None] = []
    readings: list[None] = []
    with monkeypatch.context() as patched, CaptureQueriesContext(connection) as captured:
        for door, name in (
            (GuardedRedis, "execute_command"), (GuardedRedis, "ask_all"), (GuardedPipeline, "execute"),
        ):  # fmt: skip
            patched.setattr(door, name, _counted(getattr(door, name), trips))
        patched.setattr(ledger, "_write_together", _counted(ledger._write_together, entries))
        patched.setattr(reading, "run_together", _counted(reading.run_together, readings))
        call()
    said = [query["sql"].split(" ", 1)[0].strip().rstrip(";") for query in captured.captured_queries]
    own = [word for word in said if word not in _TRANSACTIONAL]
    return Asked(len(own), said.count("BEGIN"), len(entries), len(trips), len(readings))


def counted(monkeypatch: pytest.MonkeyPatch, door: Any, name: str) -> list[None]:
    """One for each time that a function of the door is called from now on."""
    times: list[None] = []
    monkeypatch.setattr(door, name, _counted(getattr(door, name), times))
    return times


def _counted(kept: Callable[..., Any], into: list[None]) -> Callable[..., Any]:
    def counted(*given: Any, **named: Any) -> Any:
        into.append(None)
        return kept(*given, **named)

    return counted
