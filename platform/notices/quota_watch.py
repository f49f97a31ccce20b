"""Telling when space or a month's requests run out: at 80, 95 and 100 percent, once each until usage has fallen again.

The quotas are a floor below and know of no notices, so a round looks at them. What counts of space is what files use,
not what uploads in flight hold, and the fuller of bytes and files.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kernel import clock
from notices.kinds import Kind
from notices.models import QuotaMark
from notices.outbox import tell
from policy.sentences import Sentence
from quotas.models import Quota
from tenancy.models import Workspace, WorkspaceKind
from tenancy.scoping import tenant_scope

FALLS_BY = 2
"""Percentage points below a threshold at which it may be told again: one file up and down tells nobody twice."""


@dataclass(frozen=True, slots=True)
class _Measure:
    """Something that runs out: where the mark stands, how much is used, what is told at which percentage."""

    mark: str
    percent: Callable[[Quota], int]
    amounts: Callable[[Quota], tuple[Sentence, Sentence]]
    thresholds: Mapping[int, Kind]

    def next_mark(self, quota: Quota, told: int) -> int:
        """The threshold to remember: the highest reached, or the one told before while usage has hardly fallen."""
        percent = self.percent(quota)
        reached = max((each for each in self.thresholds if each <= percent), default=0)
        hardly_fallen = max((each for each in self.thresholds if each <= min(told, percent + FALLS_BY)), default=0)
        return max(reached, hardly_fallen)


def watch_quotas(tenant_id: uuid.UUID, now: dt.datetime | None = None) -> int:
    """Look at this tenant's quotas; how many were told of."""
    with tenant_scope(tenant_id):
        marks = {mark.quota_id: mark for mark in QuotaMark.objects.all()}
        quotas = list(Quota.objects.select_related("workspace", "app", "tenant"))
        crossed = [
            (quota, measure)
            for quota in quotas
            for measure in (SPACE, REQUESTS)
            if measure.next_mark(quota, told := getattr(marks.get(quota.pk), measure.mark, 0)) != told
        ]
        return sum(_mark(quota, measure, now or clock.now()) for quota, measure in crossed)


def percent_used(quota: Quota) -> int:
    """How full it is with files, rounded down. A quota of nothing is full."""
    shares = ((quota.bytes_used, quota.bytes_limit), (quota.objects_used, quota.objects_limit))
    return max(used * 100 // limit if limit else 100 for used, limit in shares)


def percent_of_requests(quota: Quota) -> int:
    """How many of this month's requests were made. Without a limit it is none, and all of none."""
    if quota.requests_limit is None:
        return 0
    return _requests(quota) * 100 // quota.requests_limit if quota.requests_limit else 100


def _mark(quota: Quota, measure: _Measure, now: dt.datetime) -> bool:
    """Remember the threshold, and tell of one that was newly reached; two rounds at once tell once."""
    mark, _ = QuotaMark.objects.get_or_create(quota=quota, defaults={"tenant_id": quota.tenant_id})
    mark = QuotaMark.objects.select_for_update().get(pk=mark.pk)
    before = getattr(mark, measure.mark)
    told = measure.next_mark(quota, before)
    if told == before:
        return False
    setattr(mark, measure.mark, told)
    mark.save(update_fields=[measure.mark])
    if told < before:
        return False
    _tell(quota, measure, told, now)
    return True


def _tell(quota: Quota, measure: _Measure, threshold: int, now: dt.datetime) -> None:
    used, limit = measure.amounts(quota)
    for workspace in _workspaces(quota):
        tell(
            measure.thresholds[threshold],
            workspace=workspace,
            app=quota.app,
            key=f"{quota.pk}:{workspace.pk}:{now.isoformat()}",
            now=now,
            facts={"of": quota.of, "used": used.kept(), "limit": limit.kept(), "quota": str(quota.pk)},
        )


def _workspaces(quota: Quota) -> list[Workspace]:
    """Whose owners are told: of an organisation's quota, and a person's in it, those of all its workspaces."""
    return [quota.workspace] if quota.workspace else list(Workspace.objects.filter(kind=WorkspaceKind.LIVE))


def _amounts(quota: Quota) -> tuple[Sentence, Sentence]:
    """What is used and what there is, of whichever is fuller."""
    if quota.objects_used * quota.bytes_limit > quota.bytes_used * quota.objects_limit:
        return _number(quota.objects_used), Sentence("{count:count} files", {"count": quota.objects_limit})
    return _space(quota.bytes_used), _space(quota.bytes_limit)


def _amounts_of_requests(quota: Quota) -> tuple[Sentence, Sentence]:
    return _number(_requests(quota)), _number(quota.requests_limit or 0)


def _number(count: int) -> Sentence:
    return Sentence("{count:count}", {"count": count})


def _space(size: int) -> Sentence:
    return Sentence("{size:bytes}", {"size": size})


def _requests(quota: Quota) -> int:
    return quota.requests_in(f"{clock.now():%Y-%m}")


SPACE = _Measure(
    "told", percent_used, _amounts, {80: Kind.QUOTA_NEAR, 95: Kind.QUOTA_NEARLY_FULL, 100: Kind.QUOTA_FULL}
)
REQUESTS = _Measure(
    "requests_told", percent_of_requests, _amounts_of_requests,
    {80: Kind.REQUESTS_NEAR, 95: Kind.REQUESTS_NEARLY_USED, 100: Kind.REQUESTS_USED_UP},
)  # fmt: skip
