"""What waits longer than its job takes: the worker died, the task was lost, an engine was down."""

import datetime as dt
import uuid

from django.conf import settings
from django.core.cache import cache

from kernel import clock
from scanning.progress import not_in_hand
from scanning.thumbnails import SHOWN
from storage.models import StoredFile, Upload
from storage.states import AWAITING_SCAN
from tenancy.scoping import tenant_scope

BATCH = 500
PICTURES_OF_LAST = dt.timedelta(hours=1)
"""How far back pictures without a thumbnail are looked for; one that gave none at the second try never will."""


def to_resume(tenant_id: uuid.UUID) -> list[uuid.UUID]:
    """The tenant's uploads to hand to a worker again, the oldest first; none is named twice within the waiting time.

    What a worker has in its hands isn't: a large file takes longer than that.
    """
    with tenant_scope(tenant_id):
        waiting = Upload.objects.filter(state__in=AWAITING_SCAN, state_changed_at__lt=clock.now() - _patience())
        ids = list(waiting.order_by("state_changed_at").values_list("id", flat=True)[:BATCH])
    return [upload_id for upload_id in not_in_hand(ids) if _claim(f"scan-resumed:{upload_id}", _patience())]


def without_thumbnail(tenant_id: uuid.UUID) -> list[uuid.UUID]:
    """The tenant's new pictures whose thumbnail is overdue, each named once."""
    now = clock.now()
    with tenant_scope(tenant_id):
        new = StoredFile.objects.filter(id__gte=_first_id_of(now - PICTURES_OF_LAST), created_at__lt=now - _patience())
        ids = list(new.filter(has_thumbnail=False, content_type__in=SHOWN).values_list("id", flat=True)[:BATCH])
    return [file_id for file_id in ids if _claim(f"thumbnail-resumed:{file_id}", 2 * PICTURES_OF_LAST)]


def _patience() -> dt.timedelta:
    return dt.timedelta(seconds=settings.SCAN_STALLED_AFTER_SECONDS)


def _claim(name: str, lasts: dt.timedelta) -> bool:
    """Whether nobody handed it over lately; without this every round would queue everything that waits once more."""
    return cache.add(name, "", timeout=lasts.total_seconds())


def _first_id_of(moment: dt.datetime) -> uuid.UUID:
    """No UUIDv7 made since then is smaller, so a range of ids is a range of time, and the primary key finds it."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)
