"""The limits in force: decided durably, held in memory by every process, exchanged when the gate names a newer version.

The version is the number of decisions ever written. It travels in the lease, and the gate decides nothing for a process
that holds an older one; so a change is in force everywhere within the lease.
"""

import datetime as dt
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import redis
import structlog
from django.db import DatabaseError, transaction

from admission import lease
from admission.limits import Limits, LimitsError, Rate, TemplateRate, default_limits, limits_from
from admission.models import LimitsRevision, TemplateLimit
from admission.moments import database_time
from admission.operations import Kind
from kernel import clock

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LimitsInForce:
    """The limits and the version that they are at least."""

    version: int
    limits: Limits


class _Held:
    """What this process holds; read without a lock, exchanged whole."""

    def __init__(self) -> None:
        self.value: LimitsInForce | None = None
        self.lock = threading.Lock()


_held = _Held()


def in_force(at_least: int = 0) -> LimitsInForce:
    """The limits that this process holds, read anew where they are older than the version. Raises DatabaseError."""
    held = _held.value
    if held is not None and held.version >= at_least:
        return held
    with _held.lock:
        held = _held.value
        if held is None or held.version < at_least:
            held = _held.value = _read(at_least)
    return held


def stored() -> Limits:
    """The limits as PostgreSQL has them, without templates' emergencies. Raises DatabaseError."""
    return _limits()


def set_limits(document: Mapping[str, Any], *, actor: str, reason: str) -> LimitsRevision:
    """Lay this document over the defaults from the commit on. Raises LimitsError for one that can't hold."""
    limits_from(document)
    made: LimitsRevision = LimitsRevision.objects.create(
        document=dict(document), set_at=database_time(), actor=actor, reason=reason[:300]
    )
    transaction.on_commit(partial(_spread, "limits"))
    return made


def limit_template(
    slug: str, rate: Rate, *, until: dt.datetime, actor: str, reason: str, kind: Kind | None = None
) -> TemplateLimit:
    """Slow all apps of a template together until the moment; a new limit of the slug replaces the one before."""
    made: TemplateLimit = TemplateLimit.objects.create(
        slug=slug, kind=kind or "", per_minute=rate.per_minute, burst=rate.burst, until=until,
        set_at=database_time(), actor=actor, reason=reason[:300],
    )  # fmt: skip
    transaction.on_commit(partial(_spread, "template"))
    return made


def lift_template_limit(slug: str, *, actor: str, reason: str) -> TemplateLimit:
    """End a template's limit before its time."""
    now = database_time()
    made: TemplateLimit = TemplateLimit.objects.create(
        slug=slug, per_minute=None, until=now, set_at=now, actor=actor, reason=reason[:300]
    )
    transaction.on_commit(partial(_spread, "template"))
    return made


def template_limits_in_force() -> list[TemplateLimit]:
    """The newest of each template that is slowed down now, as PostgreSQL has them. Raises DatabaseError."""
    newest: dict[str, TemplateLimit] = {}
    for row in TemplateLimit.objects.filter(slug__in=_slugs_in_force()).order_by("set_at", "id"):
        newest[row.slug] = row
    now = clock.now()
    return [row for _slug, row in sorted(newest.items()) if row.per_minute is not None and row.until > now]


def _spread(what: str) -> None:
    try:
        lease.bring_up_to_date()
    except (redis.RedisError, DatabaseError):
        _log.warning("limits_wait_for_redis", what=what)


def _read(at_least: int) -> LimitsInForce:
    """Count first: what is written meanwhile is then read once more, never missed."""
    version = LimitsRevision.objects.count() + TemplateLimit.objects.count()
    limits = replace(_limits(), templates=_template_rates())
    return LimitsInForce(max(version, at_least), limits)


def _limits() -> Limits:
    """The newest revision's; the defaults where it no longer fits this code's vocabulary, which is logged."""
    newest = LimitsRevision.objects.order_by("-set_at", "-id").first()
    if newest is None:
        return default_limits()
    try:
        return limits_from(newest.document)
    except LimitsError as error:
        _log.error("limits_revision_does_not_fit", revision=str(newest.id), words=str(error))
        return default_limits()


def _template_rates() -> dict[str, TemplateRate]:
    return {
        row.slug: TemplateRate(Kind(row.kind) if row.kind else None, Rate(row.per_minute, row.burst), row.until)
        for row in template_limits_in_force()
        if row.per_minute is not None
    }


def _slugs_in_force() -> list[str]:
    rows = TemplateLimit.objects.filter(until__gt=clock.now()).order_by()
    return list(rows.values_list("slug", flat=True).distinct())
