"""Which tokens were stopped: durable in PostgreSQL first, asked of Redis, never un-revoked by losing Redis.

Redis holds for each stopped subject the last moment whose tokens are dead, under a lease that says it is complete
(`lease.py`). That moment is PostgreSQL's clock, set `SKEW` ahead: tokens are stamped by the clocks of those who issue
them, and one that was issued before the stop must not outlive it because its issuer's clock runs fast. Who issues after
the stop steps over it (`earliest_issue`).
"""

import datetime as dt
import uuid
from functools import partial

import redis
import structlog
from django.db import DatabaseError, transaction
from django.db.models import Q

from admission import lease
from admission.connection import connection
from admission.models import Level, LifeLimit, Revocation
from admission.moments import database_time
from admission.stops import push, stop_of
from admission.tokens import TokenFacts, stop_key
from kernel.errors import STORAGE_UNAVAILABLE, Problem

__all__ = ["Level", "TokenFacts", "dead_by", "earliest_issue", "longest_life", "revoke", "set_longest_life"]

SKEW = dt.timedelta(seconds=4)
"""How far any two clocks may be apart: those of two processes, of PostgreSQL and of Redis."""

LONGEST_TOKEN = dt.timedelta(hours=1)
"""No token ever lives longer, so a stop needs to be remembered no longer than this."""

_JUST_AFTER = dt.timedelta(milliseconds=2)
_log = structlog.get_logger(__name__)


def revoke(
    level: Level,
    subject: str,
    *,
    tenant_id: uuid.UUID | None,
    actor: str,
    reason: str,
    not_before: dt.datetime | None = None,
) -> Revocation:
    """Stop what the level names: in the caller's transaction durably, right after its commit in Redis.

    A template is named by its slug, or by `slug/version`; a person by tenant and principal (`tenant/user:…`). With
    `not_before` only tokens issued until then die; at the levels token and family all do, whenever issued. A push that
    fails is healed by the lease within half a second of Redis being back. Raises ValueError for a `not_before` that
    hasn't come yet.
    """
    if not_before is not None and not_before > database_time():
        raise ValueError("A stop can't reach tokens that nobody has issued yet.")
    made = _written(level, subject, tenant_id, actor, reason, not_before)
    transaction.on_commit(partial(_announce, made, may_be_passed=not_before is None))
    return made


def set_longest_life(seconds: int | None, *, actor: str, reason: str, expires_at: dt.datetime | None) -> LifeLimit:
    """Let no token live longer than this, those given out already included; None ends the limit."""
    made: LifeLimit = LifeLimit.objects.create(
        seconds=seconds, ends_at=expires_at, set_at=database_time(), actor=actor, reason=reason[:300]
    )
    transaction.on_commit(_renew_or_wait)
    return made


def longest_life() -> int | None:
    """The longest life in seconds that holds now; None without a limit. Asks PostgreSQL."""
    limit = LifeLimit.objects.order_by("-set_at", "-id").first()
    if limit is None or limit.seconds is None or (limit.ends_at is not None and limit.ends_at <= database_time()):
        return None
    return limit.seconds


def dead_by(facts: TokenFacts) -> Level | None:
    """What stopped the token, or None while it lives. Raises Problem STORAGE_UNAVAILABLE when Redis can't say."""
    final, epochs = facts.final_stops(), facts.epoch_stops()
    now, life, moments = _moments([*final, *epochs])
    for (level, _subject), moment in zip(final, moments, strict=False):
        if moment:
            return level
    for (level, _subject), moment in zip(epochs, moments[len(final) :], strict=True):
        if moment >= facts.issued_at_ms:
            return level
    return Level.EVERYTHING if life and facts.issued_at_ms + life * 1000 <= now / 1000 else None


def earliest_issue(facts: TokenFacts) -> int:
    """The first moment, in ms, at which a token of these facts isn't dead by a stop of the past: now or just after.

    For tokens without ancestors only: what is derived must die with a stop that its parent met.
    """
    _now, _life, moments = _moments(facts.epoch_stops())
    return max(facts.issued_at_ms, *(moment + 1 for moment in moments))


def _moments(stops: list[tuple[Level, str]]) -> tuple[int, int, list[int]]:
    """Redis's time in microseconds, the longest life in seconds, and the stops' moments in ms; 0 where there is none.

    Raises Problem STORAGE_UNAVAILABLE.
    """
    keys = [stop_key(level, subject) for level, subject in stops]
    try:
        for _attempt in range(2):
            now, said, values = _read(keys)
            if said is not None and said.holds(now):
                return now, said.longest_life, [int(value or 0) for value in values]
            lease.renew()
    except (redis.RedisError, DatabaseError) as error:
        raise Problem(STORAGE_UNAVAILABLE) from error
    raise Problem(STORAGE_UNAVAILABLE)


def _read(keys: list[str]) -> tuple[int, lease.Lease | None, list[bytes | None]]:
    pipeline = connection().pipeline(transaction=False)
    pipeline.time()
    pipeline.mget(lease.LEASE, *keys)
    (seconds, microseconds), (said, *values) = pipeline.execute()
    return seconds * 1_000_000 + microseconds, lease.read(said), values


def _written(
    level: Level, subject: str, tenant_id: uuid.UUID | None, actor: str, reason: str, not_before: dt.datetime | None
) -> Revocation:
    now = database_time()
    moment = not_before or now + SKEW
    made: Revocation = Revocation.objects.create(
        level=level,
        subject=subject,
        tenant_id=tenant_id,
        not_before=moment,
        keep_until=max(moment, now) + LONGEST_TOKEN + SKEW,
        revoked_at=now,
        actor=actor,
        reason=reason[:300],
    )
    return made


def _announce(made: Revocation, *, may_be_passed: bool) -> None:
    """Push what was committed, then look whether it was passed.

    While a long transaction carried this stop, another one may have been written and pushed, and a token that stepped
    over that one carries a later moment than this stop's. Then this stop is said again, further ahead.
    """
    _push_or_wait(made)
    while may_be_passed and (furthest := _passed_by(made)):
        made = _written(
            Level(made.level), made.subject, made.tenant_id, made.actor, made.reason, furthest + _JUST_AFTER
        )
        _push_or_wait(made)


def _passed_by(made: Revocation) -> dt.datetime | None:
    if made.level in {Level.TOKEN, Level.FAMILY}:
        return None  # these kill whenever a token was issued
    later = Revocation.objects.filter(_meets_the_tokens_of(made), not_before__gte=made.not_before).exclude(pk=made.pk)
    furthest: dt.datetime | None = later.order_by("-not_before").values_list("not_before", flat=True).first()
    return furthest


def _meets_the_tokens_of(made: Revocation) -> Q:
    """Stops that a token may have stepped over which this one is to kill: no other person's, app's or tenant's."""
    other_subject = Q(level=made.level) & ~Q(subject=made.subject)
    rows = Q() if made.level == Level.TEMPLATE else ~other_subject
    if made.tenant_id is not None:
        rows &= Q(tenant_id=None) | Q(tenant_id=made.tenant_id)
    return rows & ~Q(level__in=[Level.TOKEN, Level.FAMILY])


def _push_or_wait(made: Revocation) -> None:
    try:
        for _step in push([stop_of(made)]):
            pass
    except redis.RedisError:
        _log.warning("revocation_waits_for_redis", revocation=str(made.id), level=made.level)


def _renew_or_wait() -> None:
    try:
        lease.bring_up_to_date()
    except (redis.RedisError, DatabaseError):
        _log.warning("longest_life_waits_for_redis")
