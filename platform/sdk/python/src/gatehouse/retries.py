"""When to try again, and when not to: the policy that every call shares."""

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TypeAlias

from gatehouse.problems import ConnectionBroken, GatehouseProblem
from gatehouse.steps import Answer, Plan, Send, Wait

RETRY_DELAYS_S = (0.0, 0.2, 0.5, 1.5, 3.0, 5.0)
"""The longest wait before each further attempt, in seconds."""

LONGEST_WAIT_S = 120.0
"""Nobody waits for longer than this: the problem is told instead."""

OnWait: TypeAlias = Callable[[float, GatehouseProblem], None]

_HELPED_BY_WAITING = frozenset({408, 425, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long to wait between attempts, and whom to tell before each wait: seconds and why."""

    delays: Sequence[float] = RETRY_DELAYS_S
    on_wait: OnWait | None = None

    def pause(self, seconds: float, problem: GatehouseProblem) -> Plan[None]:
        """Wait, and say so."""
        if self.on_wait is not None:
            self.on_wait(seconds, problem)
        yield Wait(seconds)


def jittered(delay: float) -> float:
    """Full jitter: from nothing up to the delay, so that clients who failed together don't return together."""
    return random.uniform(0, delay)  # noqa: S311 - spreads clients, guards nothing


def asked_wait(answer: Answer, now: dt.datetime | None = None) -> float | None:
    """The seconds that an answer asks for, or None where it doesn't (RFC 9110 §10.2.3: seconds or a date)."""
    value = answer.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=dt.UTC)
    return max(0.0, (until - (now or dt.datetime.now(dt.UTC))).total_seconds())


def may_retry(status: int, asked: float | None = None) -> bool:
    """Whether a status gets better by itself; 429 does only when it says when."""
    return status in _HELPED_BY_WAITING or (status == 429 and asked is not None)


def persistent(request: Send, policy: RetryPolicy, problem_in: Callable[[Answer], GatehouseProblem]) -> Plan[Answer]:
    """The last answer to the request, whatever it is. Raises ConnectionBroken when none came.

    With an Idempotency-Key, 409 with Retry-After after an attempt that failed is that attempt, still at work: its
    answer is waited for.
    """
    failed = False
    for delay in (*policy.delays, None):
        try:
            answer: Answer = yield request
        except ConnectionBroken as broken:
            if delay is None:
                raise
            yield from policy.pause(jittered(delay), broken)
        else:
            asked = asked_wait(answer)
            at_work = failed and answer.status == 409 and asked is not None and "Idempotency-Key" in request.headers
            helped = at_work or may_retry(answer.status, asked)
            if not helped or delay is None or (asked or 0) > LONGEST_WAIT_S:
                return answer
            yield from policy.pause((asked or 0) + jittered(delay), problem_in(answer))
        failed = True
    raise AssertionError("The last attempt ends the loop.")
