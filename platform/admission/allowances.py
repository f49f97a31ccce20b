"""A month's requests: how many an app, its workspace, its organisation or a person may make, and how many they made.

PostgreSQL is the truth of both (`quotas.Quota`). Within a month Redis counts, in the gate's own step; every minute
PostgreSQL is brought up to it, and where Redis lost a count it begins at PostgreSQL's again. So what is forgiven by a
lost Redis is what was asked for since, a minute's at most. Nobody is limited who has no limit, and nothing is counted.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from admission.connection import connection
from kernel import clock
from quotas.models import Quota
from quotas.reservations import quotas_of
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope

_KEPT_SECONDS = 40 * 24 * 3600
"""Longer than any month, so that a count outlives what it is for."""

EVERYBODY = ""


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many requests a month (UTC); `layer` and `of` say whose they are."""

    quota: uuid.UUID
    tenant: uuid.UUID
    layer: str
    of: str
    limit: int

    def key(self, month: str) -> str:
        """Where Redis counts."""
        return f"requests:{self.quota}:{month}"


Allowances = Mapping[str, tuple[Allowance, ...]]
"""Those that hold for everybody in an app, and those of persons beside them, by `persons_name`."""


def allowances_of(app: MicroApp) -> Allowances:
    """All that hold for the app's requests. Must run in the tenant's scope."""
    mine = Q(pk__in=quotas_of(app, EVERYBODY).values("pk")) | Q(workspace=None, app=None)
    found: dict[str, tuple[Allowance, ...]] = {}
    for quota in Quota.objects.filter(mine, requests_limit__isnull=False).select_related("app", "workspace", "tenant"):
        name = f"{quota.tenant_id}/{quota.person}" if quota.person else EVERYBODY
        made = Allowance(quota.pk, quota.tenant_id, _layer(quota), quota.of, quota.requests_limit)
        found[name] = (*found.get(name, ()), made)
    return found


def month_now() -> str:
    """The month whose requests are counted now, as `2026-11`."""
    return f"{clock.now():%Y-%m}"


def next_month() -> dt.datetime:
    """When the counts begin anew."""
    first = clock.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + dt.timedelta(days=32)).replace(day=1)


def begin_count(allowance: Allowance, month: str) -> None:
    """Let Redis count on from what PostgreSQL knows, unless it counts already. Raises DatabaseError, RedisError."""
    with tenant_scope(allowance.tenant):
        quota = Quota.objects.filter(pk=allowance.quota).first()
    known = quota.requests_in(month) if quota else 0
    connection().set(allowance.key(month), known, nx=True, ex=_KEPT_SECONDS)


def settle_requests(tenant_id: uuid.UUID) -> int:
    """Bring PostgreSQL up to what Redis counted of this tenant this month; how many changed. Raises RedisError."""
    month = month_now()
    with tenant_scope(tenant_id):
        limited = list(Quota.objects.filter(requests_limit__isnull=False).values_list("pk", flat=True))
        counts = _counted(limited, month)
        return sum(_settle(quota, count, month) for quota, count in zip(limited, counts, strict=True) if count)


def _settle(quota: uuid.UUID, count: int, month: str) -> int:
    """Counts only grow within a month, whoever settles late."""
    behind = Q(requests_month=month, requests_used__lt=count) | ~Q(requests_month=month)
    return int(Quota.objects.filter(behind, pk=quota).update(requests_month=month, requests_used=count))


def _counted(quotas: Sequence[uuid.UUID], month: str) -> list[int]:
    if not quotas:
        return []
    return [int(value or 0) for value in connection().mget([f"requests:{quota}:{month}" for quota in quotas])]


def _layer(quota: Quota) -> str:
    if quota.person:
        return "user"
    return "app" if quota.app_id else "workspace" if quota.workspace_id else "tenant"
