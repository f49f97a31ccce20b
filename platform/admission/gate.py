"""The gate that every API request passes: one Redis round trip, all or nothing, and closed when Redis can't answer.

`gate.lua` decides; this module asks it and turns its answer into an admission, or into a problem with a remedy and the
moment at which it will succeed. What the script can't decide by (no valid lease, older limits than there are) is
fetched once, then it is asked again.
"""

import math
from typing import Any

import redis
import structlog
from django.db import DatabaseError

from admission import lease, rules
from admission.allowances import Allowance, begin_count, next_month
from admission.asking import Admission, Ask, LayerState, RefusedError
from admission.connection import RedisScript
from admission.fallback import LocalLimiter, is_stopped
from admission.limits import Layer
from admission.operations import Operation
from admission.policies import NewPolicyError, PolicyHeld
from admission.question import Question, question
from admission.space import facts_of_guard, problem_of_guard
from admission.tokens import TokenFacts
from kernel import clock
from kernel.errors import (
    KEY_EXPIRED,
    KEY_REVOKED,
    RATE_LIMITED,
    REQUESTS_USED_UP,
    STORAGE_UNAVAILABLE,
    TEMPLATE_THROTTLED,
    Problem,
)
from telemetry.metrics import GATE, GATE_WITHOUT_REDIS

__all__ = ["Admission", "Ask", "NewPolicyError", "PolicyHeld", "RefusedError", "admit"]

_ATTEMPTS = 8
"""A lease, newer limits, and the count of each of the four who may have a month's requests."""

_decide = RedisScript("gate.lua")
_local = LocalLimiter()
_log = structlog.get_logger(__name__)


def admit(ask: Ask | TokenFacts, *, now: int | None = None) -> Admission:
    """Let one operation in.

    Raises RefusedError (a Problem: KEY_REVOKED, KEY_EXPIRED, RATE_LIMITED, TEMPLATE_THROTTLED, QUOTA_…) that names the
    layer and, where waiting helps, the seconds after which it succeeds if nobody else is faster; NewPolicyError where a
    newer policy was announced; Problem STORAGE_UNAVAILABLE when Redis is silent, since a gate that can't see stops must
    not open: only what frees space goes on then, by PostgreSQL's word. A token alone asks for one reading. `now`, in
    microseconds, stands for Redis's clock in tests.
    """
    asked = ask if isinstance(ask, Ask) else Ask.by(ask, Operation.LIST)
    try:
        asked_with, answer = _answer(asked, now)
    except redis.RedisError as error:
        if asked.operation.kind.may_go_on_without_redis:
            return _without_redis(asked)
        GATE_WITHOUT_REDIS.labels("closed").inc()
        _log.warning("gate_closed", operation=asked.operation, error=type(error).__name__)
        raise Problem(STORAGE_UNAVAILABLE) from error
    except DatabaseError as error:
        raise Problem(STORAGE_UNAVAILABLE) from error
    return _judged(asked_with, answer)


def _answer(ask: Ask, now: int | None) -> tuple[Question, list[Any]]:
    """The script's decision. Raises RedisError, DatabaseError."""
    version = 0
    for _attempt in range(_ATTEMPTS):
        asked_with = question(ask, rules.in_force(version), now)
        answer: list[Any] = _decide.in_company(asked_with.keys, asked_with.arguments)
        if answer[0] == b"unsure":
            lease.renew()
        elif answer[0] == b"new_limits":
            version = answer[1]
        elif answer[0] == b"uncounted":
            begin_count(asked_with.allowances[answer[1] - 1], asked_with.month)
        else:
            return asked_with, answer
    raise lease.NotCompleteError("Redis doesn't stay complete for the time of a question.")


def _judged(asked: Question, answer: list[Any]) -> Admission:
    verdict, number, wait, look_again, *rooms = answer
    if look_again:
        lease.renew_early()
    if verdict == b"new_policy":
        raise NewPolicyError(number, rooms[0].decode())
    longest_life, *rooms = rooms or [0]
    layers = zip(asked.layers, rooms, strict=False)
    states = tuple(LayerState.of(layer, rate, room) for (layer, _key, rate), room in layers)
    if verdict == b"admitted":
        GATE.labels("admitted", "").inc()
        return Admission(states, longest_life or None)
    refusal = _refusal(verdict, number, wait, asked, states)
    GATE.labels(verdict.decode(), refusal.layer).inc()
    raise refusal


def _refusal(verdict: bytes, number: int, wait: int, asked: Question, states: tuple[LayerState, ...]) -> RefusedError:
    if verdict in {b"revoked", b"expired"}:
        return RefusedError(KEY_REVOKED if verdict == b"revoked" else KEY_EXPIRED, Layer.TOKEN)
    if verdict == b"full":
        guard = asked.guards[number - 1]
        problem, layer = problem_of_guard(guard)
        return RefusedError(problem, layer, facts=facts_of_guard(guard))
    if verdict == b"used_up":
        return _used_up(asked.allowances[number - 1])
    layer, key, _rate = asked.layers[number - 1]
    return _limited(layer, wait / 1_000_000, states, key if layer is not Layer.TENANT else "")  # whose share may grow


def _used_up(allowance: Allowance) -> RefusedError:
    begins = next_month()
    facts = {"of": allowance.of, "count": f"{allowance.limit:,}", "until": f"{begins:%-d %B %Y}"}
    wait = math.ceil((begins - clock.now()).total_seconds())
    return RefusedError(REQUESTS_USED_UP, allowance.layer, retry_after_s=wait, facts=facts)


def _limited(layer: Layer, wait_s: float, states: tuple[LayerState, ...], certain_key: str = "") -> RefusedError:
    problem, seconds = TEMPLATE_THROTTLED if layer is Layer.TEMPLATE else RATE_LIMITED, math.ceil(wait_s)
    return RefusedError(
        problem, layer, states,
        retry_after_s=seconds, facts={"seconds": str(seconds)},
        rate_key=certain_key, certain_s=wait_s if certain_key else 0.0,
    )  # fmt: skip


def _without_redis(ask: Ask) -> Admission:
    """Raises Problem as the gate does."""
    GATE_WITHOUT_REDIS.labels("local").inc()
    _log.warning("gate_without_redis", operation=ask.operation)
    try:
        if ask.token is not None and is_stopped(ask.token):
            raise RefusedError(KEY_REVOKED, Layer.TOKEN)
        rate = rules.in_force().limits.rates[Layer.APP, ask.operation.kind]
    except DatabaseError as error:
        raise Problem(STORAGE_UNAVAILABLE) from error
    if ask.token is not None and ask.token.expires_at <= clock.unix_seconds():
        raise RefusedError(KEY_EXPIRED, Layer.TOKEN)
    if seconds := _local.wait_seconds(ask.app, rate):
        raise _limited(Layer.APP, seconds, ())
    return Admission(is_degraded=True)
