"""The gate that every API request passes: one Redis round trip, and closed when Redis can't answer."""

import math
import uuid
from dataclasses import dataclass
from functools import cache
from importlib import resources

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.retry import Retry

from kernel.errors import KEY_REVOKED, RATE_LIMITED, STORAGE_UNAVAILABLE, Problem

_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Admitted:
    """The app's rate after this request: how many more may come at once, seconds until all of them may."""

    limit: int
    remaining: int
    reset_seconds: int


def admit(tenant_id: uuid.UUID, app_id: uuid.UUID, token_id: str, cost: int = 1) -> Admitted:
    """Let one request of `cost` in.

    Raises Problem KEY_REVOKED; RATE_LIMITED with the seconds after which it will succeed; STORAGE_UNAVAILABLE when
    Redis is silent, since a gate that can't see revocations must not open.
    """
    limit, interval = settings.APP_REQUESTS_BURST, 60 * _MICROSECONDS // settings.APP_REQUESTS_PER_MINUTE
    keys = [denial_key(token_id), f"rate:{tenant_id}:{app_id}"]
    try:
        verdict, remaining, until_full, until_room = _script()(keys=keys, args=[interval, limit, cost])
    except redis.RedisError as error:
        raise Problem(STORAGE_UNAVAILABLE) from error
    if verdict == b"revoked":
        raise Problem(KEY_REVOKED)
    if verdict == b"limited":
        seconds = math.ceil(until_room / _MICROSECONDS)
        raise Problem(RATE_LIMITED, retry_after_s=seconds, seconds=str(seconds))
    return Admitted(limit, remaining, math.ceil(until_full / _MICROSECONDS))


def deny(token_id: str, lives_seconds: int) -> None:
    """Stop one token from now until it would have ended anyway."""
    connection().set(denial_key(token_id), b"1", ex=max(lives_seconds, 1))


def denial_key(token_id: str) -> str:
    """Where a stopped token stands."""
    return f"deny:{token_id}"


@cache
def connection() -> "redis.Redis":
    """The process's connections: 50 ms for an answer and no second try, so that a dead Redis costs no threads."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=settings.REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=settings.REDIS_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


@cache
def _script() -> Script:
    return connection().register_script(resources.files("admission").joinpath("gate.lua").read_text(encoding="utf-8"))
