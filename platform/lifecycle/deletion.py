"""Deleting files whose time is over, unless a legal hold or their retention keeps them."""

import datetime as dt
import uuid

from django.db.models import Exists, OuterRef, Q

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.object_keys import Area
from lifecycle.holds import standing
from lifecycle.keeping import rules_for
from lifecycle.rules import FileFacts, is_due
from quotas import reservations
from storage.models import HeldObject, LegalHold, StoredFile
from storage.object_store import ObjectStore
from tenancy.principals import system_principal
from tenancy.scoping import tenant_scope

BATCH = 200
LONGEST = dt.timedelta(minutes=1)
"""How long one tenant's deletions keep the others' waiting; the next round goes on."""

_AREAS = (Area.THUMBS, Area.PREVIEWS, Area.FILES)
_LIFECYCLE = system_principal("lifecycle")


def delete_all_due(store: ObjectStore, tenant_id: uuid.UUID) -> int:
    """Delete batch after batch until nothing of this tenant's is due, or a minute is over; returns how many went."""
    end, gone = clock.now() + LONGEST, 0
    while (batch := delete_due(store, tenant_id)) and clock.now() < end:
        gone += batch
    return gone + batch


def delete_due(store: ObjectStore, tenant_id: uuid.UUID, now: dt.datetime | None = None) -> int:
    """Delete this tenant's files that are due, a batch of them; returns how many went.

    Row and record go first, in one transaction that holds the file's lock against a hold placed meanwhile; killed
    before the bytes are gone, the reconcile finds them without a row and deletes them.
    """
    moment = now or clock.now()
    with tenant_scope(tenant_id):
        gone = [stored for stored in _due(moment) if _forget(stored, moment)]
        keys = [stored.key(area) for stored in gone for area in _AREAS]
    for key in keys:
        store.delete(key)
    return len(gone)


def _due(moment: dt.datetime) -> list[StoredFile]:
    """Files whose date has come, the oldest first; those that something keeps left out, else they crowd out the others.

    The app's row is locked too: a hold on the whole app waits for this transaction, or is seen by it.
    """
    holds = LegalHold.objects.filter(Q(file_id=OuterRef("pk")) | Q(file_id=None), app=OuterRef("app"), lifted_at=None)
    dated = Q(delete_at__lte=moment) | Q(purge_at__lte=moment)
    kept = HeldObject.objects.filter(file_id=OuterRef("pk"))  # storage would keep their bytes
    may_go = Q(retained_until=None) | Q(retained_until__lte=moment)  # a kept one's date may have come: old versions'
    can_go = Q(kept_until=None) | Q(kept_until__lte=moment)  # storage keeps longer than a rule that was shortened
    free = StoredFile.objects.filter(~Exists(holds), ~Exists(kept), may_go, can_go, dated)
    due = free.select_related("app", "reservation__app").order_by("id")
    return list(due.select_for_update(of=("self", "app"), no_key=True, skip_locked=True)[:BATCH])


def _forget(stored: StoredFile, moment: dt.datetime) -> bool:
    held = standing(stored.app).holds(stored.pk)
    facts = FileFacts(stored.name, stored.created_at, is_on_hold=held, purge_at=stored.purge_at)
    if not is_due(facts, rules_for(stored), moment):
        return False
    reservations.release(stored.reservation)
    rule = "trash" if stored.purge_at and stored.purge_at <= moment else "age"
    record(AuditAction.FILE_DELETED, actor=_LIFECYCLE, app_id=stored.app_id, subject=f"file:{stored.pk}", rule=rule)
    StoredFile.objects.filter(pk=stored.pk).delete()
    return True
