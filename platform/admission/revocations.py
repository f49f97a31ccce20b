"""Which tokens were stopped: durable in PostgreSQL first, asked of Redis, never un-revoked by losing Redis.

Redis holds for each stopped subject the last moment whose tokens are dead, beside a lease of half a second that says
"this is complete". Whoever finds the lease gone fills Redis from PostgreSQL before anything is answered, so a flush, a
restart, a failover to a stale replica or a lost write heals within the lease. Moments are the application's clocks;
`SKEW` covers their differences, and issuing steps over it (`earliest_issue`).
"""

import datetime as dt
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import redis
import structlog
from django.db import transaction
from redis.commands.core import Script

from admission.connection import connection
from admission.models import Level, LifeLimit, Revocation
from kernel import clock
from kernel.errors import STORAGE_UNAVAILABLE, Problem

SKEW = dt.timedelta(seconds=4)
"""How far two processes' clocks may be apart."""

LONGEST_TOKEN = dt.timedelta(hours=1)
"""No token ever lives longer, so a stop needs to be remembered no longer than this."""

LEASE = "epochs:lease"
LIFE_LIMIT = "epochs:life"
_LEASE_MILLISECONDS = 500
_RAISE_ONLY = """
for index, key in ipairs(KEYS) do
  local value, until_ms = ARGV[index * 2 - 1], ARGV[index * 2]
  if tonumber(redis.call('GET', key) or '0') < tonumber(value) then
    redis.call('SET', key, value, 'PXAT', until_ms)
  end
end
"""
_PUSHED_AT_ONCE = 500
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What of a token decides whether it was stopped. `template` is the template's slug and version, `slug/1.0.0`."""

    token_id: str
    ancestors: tuple[str, ...]
    family: str
    user: str
    app: str
    template: str
    tenant: str
    issued_at_ms: int
    expires_at: float

    def final_keys(self) -> list[str]:
        """Where a stop kills whenever the token was issued: the token's own line."""
        own = (_key(Level.TOKEN, token_id) for token_id in (self.token_id, *self.ancestors))
        return [*own, _key(Level.FAMILY, self.family)]

    def epoch_keys(self) -> list[str]:
        """Where a stop kills what was issued until then."""
        return [
            _key(Level.USER, self.user),
            _key(Level.APP, self.app),
            _key(Level.TEMPLATE, self.template),
            _key(Level.TEMPLATE, self.template.partition("/")[0]),
            _key(Level.TENANT, self.tenant),
            _key(Level.EVERYTHING, ""),
        ]


def revoke(
    level: Level,
    subject: str,
    *,
    tenant_id: uuid.UUID | None,
    actor: str,
    reason: str,
    not_before: dt.datetime | None = None,
) -> Revocation:
    """Stop what the level names: in this transaction durably, right after its commit in Redis.

    A push that fails is healed by the lease within half a second of Redis being back.
    """
    moment = not_before or clock.now() + SKEW
    made = Revocation.objects.create(
        level=level,
        subject=subject,
        tenant_id=tenant_id,
        not_before=moment,
        keep_until=moment + LONGEST_TOKEN + SKEW,
        actor=actor,
        reason=reason[:300],
    )
    transaction.on_commit(lambda: _push_or_wait([made]))
    return made


def set_longest_life(seconds: int | None, *, actor: str, reason: str, expires_at: dt.datetime | None) -> LifeLimit:
    """Let no token live longer than this, those given out already included; None ends the limit."""
    made = LifeLimit.objects.create(seconds=seconds, ends_at=expires_at, actor=actor, reason=reason[:300])
    transaction.on_commit(lambda: _push_or_wait([]))
    return made


def longest_life() -> int | None:
    """The longest life in seconds that holds now; None without a limit."""
    limit = LifeLimit.objects.order_by("-id").first()
    if limit is None or limit.seconds is None or (limit.ends_at is not None and limit.ends_at <= clock.now()):
        return None
    return limit.seconds


def dead_by(facts: TokenFacts) -> Level | None:
    """What stopped the token, or None while it lives. Raises Problem STORAGE_UNAVAILABLE when Redis can't say."""
    final, epochs, life = _read(facts)
    stopped = [key for key, value in final if value]
    stopped += [key for key, value in epochs if value >= facts.issued_at_ms]
    if stopped:
        return Level(stopped[0].split(":", 2)[1])
    too_old = life and facts.issued_at_ms + life * 1000 <= time.time() * 1000
    return Level.EVERYTHING if too_old else None


def earliest_issue(facts: TokenFacts) -> int:
    """The first moment, in ms, at which a token of these facts isn't dead by a stop of the past: now or just after.

    For tokens without ancestors only: what is derived must die with a stop that its parent met.
    """
    _final, epochs, _life = _read(facts)
    return max([facts.issued_at_ms, *(value + 1 for _key_, value in epochs)])


def fill() -> None:
    """Bring Redis up to date with PostgreSQL and say so by the lease. Raises RedisError."""
    in_force = Revocation.objects.filter(keep_until__gt=clock.now())
    _push(in_force.values_list("level", "subject", "not_before", "keep_until").iterator(chunk_size=_PUSHED_AT_ONCE))
    life = longest_life()
    pipeline = connection().pipeline(transaction=True)
    if life is None:
        pipeline.delete(LIFE_LIMIT)
    else:
        pipeline.set(LIFE_LIMIT, life)
    pipeline.set(LEASE, b"1", px=_LEASE_MILLISECONDS)
    pipeline.execute()


def _read(facts: TokenFacts) -> tuple[list[tuple[str, int]], list[tuple[str, int]], int]:
    final, epochs = facts.final_keys(), facts.epoch_keys()
    keys = [LEASE, LIFE_LIMIT, *final, *epochs]
    try:
        values = connection().mget(keys)
        if values[0] is None:
            fill()
            values = connection().mget(keys)
    except redis.RedisError as error:
        raise Problem(STORAGE_UNAVAILABLE) from error
    if values[0] is None:
        raise Problem(STORAGE_UNAVAILABLE)
    numbers = [int(value or 0) for value in values[2:]]
    found = list(zip([*final, *epochs], numbers, strict=True))
    return found[: len(final)], found[len(final) :], int(values[1] or 0)


def _push_or_wait(made: Sequence[Revocation]) -> None:
    try:
        _push((row.level, row.subject, row.not_before, row.keep_until) for row in made)
        fill()
    except redis.RedisError:
        _log.warning("revocation_waits_for_redis", revocations=[str(row.id) for row in made])


def _push(rows: Iterable[tuple[str, str, dt.datetime, dt.datetime]]) -> None:
    keys: list[str] = []
    arguments: list[int] = []
    for level, subject, not_before, keep_until in rows:
        keys.append(_key(Level(level), subject))
        arguments += [_milliseconds(not_before), _milliseconds(keep_until)]
        if len(keys) == _PUSHED_AT_ONCE:
            _raise_only()(keys=keys, args=arguments)
            keys, arguments = [], []
    if keys:
        _raise_only()(keys=keys, args=arguments)


@cache
def _raise_only() -> Script:
    return connection().register_script(_RAISE_ONLY)


def _key(level: Level, subject: str) -> str:
    return f"dead:{level.value}:{subject}"


def _milliseconds(moment: dt.datetime) -> int:
    return round(moment.timestamp() * 1000)
