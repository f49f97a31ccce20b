"""Deleting files whose time is over, as their template promised when they came in."""

import datetime as dt
import uuid

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.object_keys import Area
from quotas import reservations
from storage.models import StoredFile
from storage.object_store import ObjectStore
from tenancy.principals import system_principal
from tenancy.scoping import tenant_scope

BATCH = 200
_LIFECYCLE = system_principal("lifecycle")


def delete_due(store: ObjectStore, tenant_id: uuid.UUID, now: dt.datetime | None = None) -> int:
    """Delete this tenant's files that are due; returns how many went.

    Bytes go first: killed between the two, the row is still there and due, and the next round ends what this began.
    """
    with tenant_scope(tenant_id):
        due = list(StoredFile.objects.filter(delete_at__lte=now or clock.now())[:BATCH])
    for stored in due:
        for area in (Area.THUMBS, Area.FILES):
            store.delete(stored.key(area))
    with tenant_scope(tenant_id):
        return sum(_forget(stored) for stored in due)


def _forget(stored: StoredFile) -> bool:
    locked = StoredFile.objects.select_for_update().filter(pk=stored.pk).first()
    if locked is None:
        return False
    reservations.release(locked.reservation)
    record(
        AuditAction.FILE_DELETED,
        actor=_LIFECYCLE,
        app_id=locked.app_id,
        subject=f"file:{locked.pk}",
        rule="age",
    )
    locked.delete()
    return True
