"""The gate that every API request passes: one Redis round trip, and closed when Redis can't answer."""

import math
from dataclasses import dataclass
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError

from admission import lease
from admission.connection import RedisScript
from admission.tokens import TokenFacts, stop_key
from kernel.errors import KEY_REVOKED, RATE_LIMITED, STORAGE_UNAVAILABLE, Problem

_MICROSECONDS = 1_000_000
_decide = RedisScript("gate.lua")


@dataclass(frozen=True, slots=True)
class Admitted:
    """The app's rate after this request: how many more may come at once, seconds until all of them may."""

    limit: int
    remaining: int
    reset_seconds: int


def admit(facts: TokenFacts, cost: int = 1) -> Admitted:
    """Let one request of `cost` in.

    Raises Problem KEY_REVOKED; RATE_LIMITED with the seconds after which it will succeed; STORAGE_UNAVAILABLE when
    Redis is silent, since a gate that can't see revocations must not open.
    """
    try:
        answer = _ask(facts, cost)
        if answer[0] == b"unsure":
            lease.renew()
            answer = _ask(facts, cost)
    except (redis.RedisError, DatabaseError) as error:
        raise Problem(STORAGE_UNAVAILABLE) from error
    return _admitted(*answer)


def _admitted(verdict: bytes, remaining: int, until_full: int, until_room: int) -> Admitted:
    if verdict == b"unsure":
        raise Problem(STORAGE_UNAVAILABLE)
    if verdict == b"revoked":
        raise Problem(KEY_REVOKED)
    if verdict == b"limited":
        seconds = math.ceil(until_room / _MICROSECONDS)
        raise Problem(RATE_LIMITED, retry_after_s=seconds, seconds=str(seconds))
    return Admitted(settings.APP_REQUESTS_BURST, remaining, math.ceil(until_full / _MICROSECONDS))


def _ask(facts: TokenFacts, cost: int) -> Any:
    limit, interval = settings.APP_REQUESTS_BURST, 60 * _MICROSECONDS // settings.APP_REQUESTS_PER_MINUTE
    own, epochs = facts.final_stops(), facts.epoch_stops()
    stops = [stop_key(level, subject) for level, subject in (*own, *epochs)]
    keys = [lease.LEASE, f"rate:{facts.tenant}:{facts.app}", *stops]
    return _decide(keys, [interval, limit, cost, facts.issued_at_ms, len(own)])
