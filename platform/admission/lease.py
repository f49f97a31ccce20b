"""Redis may be believed for half a second at a time: the lease says "complete as of then".

Whoever finds no valid lease reads PostgreSQL and says so anew. A lease counts from before PostgreSQL was read, so
whatever was committed is in force at most `LEASE_SECONDS` later, even where its own push was lost, Redis was flushed or
restarted, or a replica that lags took over. The horizon says up to which transactions Redis was ever filled: the next
look reads only what came later; where the horizon is gone, one process reads everything that is in force while the
others wait. A lease's moments are Redis's clock alone; one from the future (the clock was set back) is void.

Redis must not evict (`maxmemory-policy noeviction`): a full Redis then refuses writes, and the gate closes.
"""

import threading
import time
import uuid
from dataclasses import dataclass

import redis
import structlog
from django.db import DatabaseError
from django.db import connection as database

from admission.connection import RedisScript, connection
from admission.stops import everything_in_force, newly_written, push

LEASE = "gate:lease"
LEASE_SECONDS = 0.5
_LEASE_MICROSECONDS = round(LEASE_SECONDS * 1_000_000)
GENERATION = "gate:generation"
DUTY = "gate:duty"
_HORIZON = "gate:horizon"
_LOADING = "gate:loading"
_LOADING_MILLISECONDS = 1000
_PATIENCE_SECONDS = 2.0
_GLANCE_SECONDS = 0.01
_ATTEMPTS = 3
_STANDING = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
  coalesce((SELECT CASE WHEN ends_at <= statement_timestamp() THEN 0 ELSE seconds END
            FROM admission_lifelimit ORDER BY set_at DESC, id DESC LIMIT 1), 0),
  (SELECT count(*) FROM admission_limitsrevision) + (SELECT count(*) FROM admission_templatelimit)
"""
_say = RedisScript("lease.lua")
_finish = RedisScript("loaded.lua")
_filling = threading.Lock()
_log = structlog.get_logger(__name__)


class NotCompleteError(redis.RedisError):
    """Redis can't be said to be complete: another process is still filling it, or it loses its memory again."""


@dataclass(frozen=True, slots=True)
class Lease:
    """What the lease says. Moments in microseconds of Redis's clock; `longest_life` in seconds, 0 without a limit."""

    looked: int
    ends: int
    longest_life: int
    limits_version: int

    def holds(self, now: int) -> bool:
        """Whether it may be believed at this moment of Redis's clock."""
        return self.looked <= now < self.ends


def read(value: bytes | None) -> Lease | None:
    """The lease as Redis holds it."""
    return None if value is None else Lease(*(int(part) for part in value.split()))


def renew() -> None:
    """Bring Redis up to date with PostgreSQL and say so, unless another thread did meanwhile.

    Raises RedisError, and DatabaseError when PostgreSQL can't answer.
    """
    if not _filling.acquire(timeout=_PATIENCE_SECONDS):
        raise NotCompleteError("Another thread is still filling Redis.")
    try:
        now, lease, _horizon = _look()
        if lease is None or not lease.holds(now):
            bring_up_to_date()
    finally:
        _filling.release()


def renew_early() -> None:
    """Take the turn at looking again before the lease ends, so that nobody has to wait for it; a failure may wait."""
    if _filling.acquire(blocking=False):
        try:
            bring_up_to_date()
        except (redis.RedisError, DatabaseError) as error:
            _log.warning("lease_not_renewed", error=type(error).__name__)
        finally:
            _filling.release()


def bring_up_to_date() -> None:
    """Read PostgreSQL now, whatever the lease says. Raises RedisError, DatabaseError."""
    for _attempt in range(_ATTEMPTS):
        now, _lease, horizon = _look()
        reached, longest_life, limits_version = _standing()
        if horizon is None or horizon > reached:  # a PostgreSQL that went back counts as one that isn't known
            _load_or_wait(reached)
            continue
        for _step in push(newly_written(horizon)):
            pass
        if _say([LEASE, _HORIZON], [now, horizon, reached, _LEASE_MICROSECONDS, longest_life, limits_version]):
            return
    raise NotCompleteError("Redis lost what it was given, more than once.")


def _look() -> tuple[int, Lease | None, int | None]:
    """Redis's time in microseconds, the lease and the horizon, in one round trip."""
    pipeline = connection().pipeline(transaction=False)
    pipeline.time()
    pipeline.mget(LEASE, _HORIZON)
    (seconds, microseconds), (lease, horizon) = pipeline.execute()
    return seconds * 1_000_000 + microseconds, read(lease), None if horizon is None else int(horizon)


def _standing() -> tuple[int, int, int]:
    """The number below which no transaction runs any more, the longest life in seconds, the limits' version."""
    with database.cursor() as cursor:
        cursor.execute(_STANDING)
        reached, longest_life, limits_version = cursor.fetchone()
    return reached, longest_life, limits_version


def _load_or_wait(reached: int) -> None:
    """Give Redis everything that is in force, or wait for the process that does."""
    claim = uuid.uuid4().hex
    if not connection().set(_LOADING, claim, nx=True, px=_LOADING_MILLISECONDS):
        _wait_for_other()
        return
    for _step in push(everything_in_force()):
        connection().pexpire(_LOADING, _LOADING_MILLISECONDS)
    _finish([_LOADING, _HORIZON, GENERATION], [claim, reached])


def _wait_for_other() -> None:
    patience = time.monotonic() + _PATIENCE_SECONDS
    while connection().exists(_LOADING) and time.monotonic() < patience:
        time.sleep(_GLANCE_SECONDS)
