"""Whether quotas count what is really held and used. Must run in a tenant's scope."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Q, Sum

from lifecycle.findings import Finding, Kind
from quotas import reservations
from quotas.models import Quota, Reservation
from storage.states import ENDED_WITHOUT_FILE, UploadState

_HELD, _SETTLED = Reservation.State.HELD, Reservation.State.SETTLED
_COUNTS = ("bytes_held", "objects_held", "bytes_used", "objects_used")


def lost_holds(before: dt.datetime, *, repair: bool) -> Iterator[Finding]:
    """Space that nothing stands for any more: its upload ended, and no file came of it."""
    ended = [*ENDED_WITHOUT_FILE, UploadState.AVAILABLE]
    nothing_left = Q(file=None) & (Q(upload=None) | Q(upload__state__in=ended))
    lost = Reservation.objects.filter(nothing_left, state__in=[_HELD, _SETTLED], created_at__lt=before)
    for reservation in lost.select_related("app"):
        yield Finding(Kind.LOST_HOLD, f"reservation:{reservation.pk}", reservation.size)
        if repair:
            reservations.release(reservation)


def quota_drift(*, repair: bool) -> Iterator[Finding]:
    """Quotas whose counts aren't the sums of their reservations, in the order in which reserving locks them.

    A row is locked while it is compared: whoever changes a reservation changes the counts in the same transaction and
    waits for the lock, so the sums are those that belong to the counts.
    """
    for quota_id in Quota.objects.order_by(*reservations.LOCKED_IN_ORDER).values_list("pk", flat=True):
        quota = Quota.objects.select_for_update(of=("self",)).select_related("app", "workspace").get(pk=quota_id)
        right = _sums(quota)
        off = {name: getattr(quota, name) - right[name] for name in _COUNTS if getattr(quota, name) != right[name]}
        if not off:
            continue
        yield Finding(Kind.DRIFT, f"quota:{quota.pk}", off.get("bytes_used", 0) + off.get("bytes_held", 0))
        if repair:
            Quota.objects.filter(pk=quota.pk).update(**right)


def _sums(quota: Quota) -> dict[str, int]:
    mine = Q(held_by=quota.person) if quota.person else Q()
    if quota.workspace_id:
        mine = Q(app=quota.app) if quota.app_id else Q(app__workspace_id=quota.workspace_id)
    sums = Reservation.objects.filter(mine).aggregate(
        bytes_held=Sum("size", filter=Q(state=_HELD)),
        objects_held=Count("pk", filter=Q(state=_HELD)),
        bytes_used=Sum("size", filter=Q(state=_SETTLED)),
        objects_used=Count("pk", filter=Q(state=_SETTLED)),
    )
    return {name: sums[name] or 0 for name in _COUNTS}
