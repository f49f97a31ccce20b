"""From PostgreSQL's rows to Redis's keys: stops, and announced versions of policies."""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import islice

from django.db.models import QuerySet
from django.db.models.functions import Now

from admission.connection import RedisScript
from admission.models import Level, PolicyAnnouncement, Revocation
from admission.tokens import stop_key

_AT_ONCE = 500
_raise_only = RedisScript("stops.lua")

RedisValue = tuple[str, int, int]
"""A key, what it must hold at least, and when (ms since the epoch) it may be forgotten; 0 is never."""


def everything_in_force() -> Iterator[RedisValue]:
    """All stops that may still meet a living token.

    Announcements aren't among them: a process that held a policy before the load began asks for it anew.
    """
    return _stops(Revocation.objects.all())


def newly_written(horizon: int) -> Iterator[RedisValue]:
    """What was written by transactions from this number on."""
    yield from _stops(Revocation.objects.filter(written_in__gte=horizon))
    for announcement in PolicyAnnouncement.objects.filter(written_in__gte=horizon).iterator(chunk_size=_AT_ONCE):
        yield policy_key(str(announcement.app_id)), announcement.version, 0


def stop_of(row: Revocation) -> RedisValue:
    """How Redis holds one stop."""
    return _stop(row.level, row.subject, row.not_before, row.keep_until)


def policy_key(app: str) -> str:
    """Where Redis holds the version of an app's policy that was announced."""
    return f"policy:{app}"


def push(values: Iterable[RedisValue]) -> Iterator[int]:
    """Raise Redis to the values; gives how many went, after each step. Raises RedisError."""
    remaining = iter(values)
    while step := list(islice(remaining, _AT_ONCE)):
        _raise_only([key for key, _value, _until in step], [number for value in step for number in value[1:]])
        yield len(step)


def _stops(rows: "QuerySet[Revocation]") -> Iterator[RedisValue]:
    in_force = rows.filter(keep_until__gt=Now()).values_list("level", "subject", "not_before", "keep_until")
    for level, subject, not_before, keep_until in in_force.iterator(chunk_size=_AT_ONCE):
        yield _stop(level, subject, not_before, keep_until)


def _stop(level: str, subject: str, not_before: dt.datetime, keep_until: dt.datetime) -> RedisValue:
    return stop_key(Level(level), subject), _milliseconds(not_before), _milliseconds(keep_until)


def _milliseconds(moment: dt.datetime) -> int:
    return round(moment.timestamp() * 1000)
