"""Notices don't stay for ever: what happened is on the audit record."""

import datetime as dt
import uuid

from kernel import clock
from notices.models import Delivery, Notice
from tenancy.scoping import tenant_scope

KEPT_FOR = dt.timedelta(days=180)
BATCH = 1000


def forget_old(tenant_id: uuid.UUID, now: dt.datetime | None = None) -> int:
    """Delete notices of half a year ago, with their deliveries, unless one still waits; how many went."""
    with tenant_scope(tenant_id):
        waiting = Delivery.objects.filter(state=Delivery.State.WAITING).values("notice_id")
        old = Notice.objects.filter(at__lt=(now or clock.now()) - KEPT_FOR).exclude(pk__in=waiting)
        keys = list(old.order_by("id").values_list("pk", flat=True)[:BATCH])
        Delivery.objects.filter(notice_id__in=keys).delete()
        return int(Notice.objects.filter(pk__in=keys).delete()[0])
