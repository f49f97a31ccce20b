"""Slowing down before the server has to say so, by the rate headers that came with earlier answers."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from gatehouse.retries import jittered

RESERVE = 0.1
"""The share of the burst that is left untouched: calls wait while there is less."""


@dataclass(frozen=True, slots=True)
class _Budget:
    limit: float
    remaining: float
    refill_s: float
    at: float

    @property
    def left(self) -> float:
        """What may have come back since is counted."""
        return min(self.limit, self.remaining + (time.monotonic() - self.at) / self.refill_s)


class Pace:
    """What one app may still do at once, as far as its last answer told. Threads and coroutines may share one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flying = 0
        self._budget: _Budget | None = None

    def begin(self) -> float:
        """Start a call, if there is room: 0. Otherwise the seconds after which to ask again."""
        with self._lock:
            wait = self._wait()
            self._flying += wait == 0
            return wait

    def end(self, headers: Mapping[str, str], began: float) -> None:
        """Learn from the headers of the answer to a call that began then; there are none where no answer came.

        Answers overtake each other: what was told to a call that began before the last lesson may only lower the hopes.
        """
        with self._lock:
            self._flying -= 1
            told, known = _budget_in(headers), self._budget
            if told is not None and known is not None and began < known.at:
                told = replace(told, remaining=min(told.remaining, known.left))
            self._budget = told or known

    def _wait(self) -> float:
        """Until the reserve will be whole again behind the next call."""
        budget = self._budget
        if budget is None:
            return 0.0
        short = max(1.0, budget.limit * RESERVE) - budget.left + self._flying
        return short * budget.refill_s + jittered(budget.refill_s) if short > 0 else 0.0


def _budget_in(headers: Mapping[str, str]) -> _Budget | None:
    try:
        limit, remaining, reset = (float(headers[f"X-RateLimit-{name}"]) for name in ("Limit", "Remaining", "Reset"))
    except (KeyError, ValueError):
        return None
    if not (limit > 0 and 0 <= remaining <= limit and reset >= 0):
        return None
    # `remaining` is rounded down: one less may be used than it seems, and then each takes longer to come back
    refill = max(reset, 1e-3) / max(1.0, limit - remaining - 1)
    return _Budget(limit, remaining, refill, time.monotonic())
