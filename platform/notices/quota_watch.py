"""Telling when space runs out: at 80, 95 and 100 percent, once each until usage has fallen again.

The quotas are a floor below and know of no notices, so a round looks at them. What counts is what files use, not what
uploads in flight hold, and the fuller of bytes and files.
"""

import datetime as dt
import uuid

from kernel import clock
from kernel.sizes import in_words
from notices.kinds import Kind
from notices.models import QuotaMark
from notices.outbox import tell
from quotas.models import Quota
from tenancy.models import Workspace, WorkspaceKind
from tenancy.scoping import tenant_scope

THRESHOLDS = {80: Kind.QUOTA_NEAR, 95: Kind.QUOTA_NEARLY_FULL, 100: Kind.QUOTA_FULL}
FALLS_BY = 2
"""Percentage points below a threshold at which it may be told again: one file up and down tells nobody twice."""


def watch_quotas(tenant_id: uuid.UUID, now: dt.datetime | None = None) -> int:
    """Look at this tenant's quotas; how many were told of."""
    with tenant_scope(tenant_id):
        marks = dict(QuotaMark.objects.values_list("quota_id", "told"))
        quotas = Quota.objects.select_related("workspace", "app", "tenant")
        crossed = [quota for quota in quotas if _next_mark(quota, marks.get(quota.pk, 0)) != marks.get(quota.pk, 0)]
        return sum(_mark(quota, now or clock.now()) for quota in crossed)


def percent_used(quota: Quota) -> int:
    """How full it is with files, rounded down. A quota of nothing is full."""
    shares = ((quota.bytes_used, quota.bytes_limit), (quota.objects_used, quota.objects_limit))
    return max(used * 100 // limit if limit else 100 for used, limit in shares)


def _next_mark(quota: Quota, told: int) -> int:
    """The threshold to remember: the highest reached, or the one told before while usage has hardly fallen."""
    percent = percent_used(quota)
    reached = max((each for each in THRESHOLDS if each <= percent), default=0)
    hardly_fallen = max((each for each in THRESHOLDS if each <= min(told, percent + FALLS_BY)), default=0)
    return max(reached, hardly_fallen)


def _mark(quota: Quota, now: dt.datetime) -> bool:
    """Remember the threshold, and tell of one that was newly reached; two rounds at once tell once."""
    mark, _ = QuotaMark.objects.get_or_create(quota=quota, defaults={"tenant_id": quota.tenant_id})
    mark = QuotaMark.objects.select_for_update().get(pk=mark.pk)
    before, mark.told = mark.told, _next_mark(quota, mark.told)
    if mark.told == before:
        return False
    mark.save(update_fields=["told"])
    if mark.told < before:
        return False
    _tell(quota, mark.told, now)
    return True


def _tell(quota: Quota, threshold: int, now: dt.datetime) -> None:
    used, limit = _amounts(quota)
    for workspace in _workspaces(quota):
        tell(
            THRESHOLDS[threshold],
            workspace=workspace,
            app=quota.app,
            key=f"{quota.pk}:{workspace.pk}:{now.isoformat()}",
            now=now,
            facts={"of": quota.of, "used": used, "limit": limit, "quota": str(quota.pk)},
        )


def _workspaces(quota: Quota) -> list[Workspace]:
    """Whose owners are told: of an organisation's space, and a person's in it, those of all its workspaces."""
    return [quota.workspace] if quota.workspace else list(Workspace.objects.filter(kind=WorkspaceKind.LIVE))


def _amounts(quota: Quota) -> tuple[str, str]:
    """What is used and what there is, of whichever is fuller."""
    if quota.objects_used * quota.bytes_limit > quota.bytes_used * quota.objects_limit:
        return f"{quota.objects_used:,}", f"{quota.objects_limit:,} files"
    return in_words(quota.bytes_used), in_words(quota.bytes_limit)
