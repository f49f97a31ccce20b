"""Ending uploads that never arrived, so that their holds don't eat the quota."""

import datetime as dt
import uuid

from kernel import clock
from storage import transitions
from storage.arrivals import clear
from storage.models import Upload
from storage.object_store import ObjectStore
from storage.states import IN_FLIGHT, UploadState
from tenancy.principals import system_principal
from tenancy.scoping import tenant_scope

GRACE = dt.timedelta(minutes=2)
"""How long after the form lapsed a running transfer may still end: storage checks the policy when a POST begins."""

CLEARED_FOR = dt.timedelta(hours=1)
BATCH = 200
_SWEEPER = system_principal("lifecycle")


def expire_lapsed(store: ObjectStore, tenant_id: uuid.UUID, now: dt.datetime | None = None) -> int:
    """End this tenant's uploads whose forms lapsed unused; returns how many ended.

    The row goes first: a completion that comes meanwhile finds the upload ended instead of an object vanishing.
    """
    deadline = (now or clock.now()) - GRACE
    with tenant_scope(tenant_id):
        lapsed = Upload.objects.filter(state=UploadState.STARTED, expires_at__lt=deadline)
        ended = [upload for upload in lapsed.select_for_update(skip_locked=True)[:BATCH] if _expire(upload)]
    for upload in ended:
        clear(store, upload)
    return len(ended)


def _expire(upload: Upload) -> bool:
    return transitions.expire(upload.id, actor=_SWEEPER).state == UploadState.EXPIRED


def clear_quarantine(store: ObjectStore, tenant_id: uuid.UUID, now: dt.datetime | None = None) -> int:
    """Delete what was sent to quarantine after its upload had ended; returns how many keys were cleared.

    A form stays usable until it lapses, whatever became of its upload, so each ended upload's key is cleared once
    more in the hour after its form can no longer be used.
    """
    deadline = (now or clock.now()) - GRACE
    with tenant_scope(tenant_id):
        lapsed = Upload.objects.filter(expires_at__lt=deadline, expires_at__gte=deadline - CLEARED_FOR)
        ended = list(lapsed.exclude(state__in=[*IN_FLIGHT, UploadState.HELD]))
    for upload in ended:
        clear(store, upload)
    return len(ended)
