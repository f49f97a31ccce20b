"""Uploads that wait for a scan longer than a scan takes: their worker died, their task was lost, an engine was down."""

import datetime as dt
import uuid

from django.conf import settings
from django.core.cache import cache

from kernel import clock
from storage.models import Upload
from storage.states import AWAITING_SCAN
from tenancy.scoping import tenant_scope

BATCH = 500


def to_resume(tenant_id: uuid.UUID) -> list[uuid.UUID]:
    """The tenant's uploads to hand to a worker again, the oldest first; none is named twice within the waiting time."""
    patience = dt.timedelta(seconds=settings.SCAN_STALLED_AFTER_SECONDS)
    with tenant_scope(tenant_id):
        waiting = Upload.objects.filter(state__in=AWAITING_SCAN, state_changed_at__lt=clock.now() - patience)
        ids = list(waiting.order_by("state_changed_at").values_list("id", flat=True)[:BATCH])
    return [upload_id for upload_id in ids if _claim(upload_id)]


def _claim(upload_id: uuid.UUID) -> bool:
    """Whether nobody handed it over lately; without this every round would queue every waiting file once more."""
    return cache.add(f"scan-resumed:{upload_id}", "", timeout=settings.SCAN_STALLED_AFTER_SECONDS)
