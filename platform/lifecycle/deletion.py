"""Deleting files whose time is over, unless a legal hold or their retention keeps them."""

import datetime as dt
import uuid

from django.db.models import Exists, OuterRef, Q

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.object_keys import Area
from lifecycle.holds import standing
from lifecycle.keeping import rules_of
from lifecycle.rules import FileFacts, is_due
from quotas import reservations
from storage.models import HeldObject, LegalHold, StoredFile
from storage.object_store import ObjectStore
from tenancy.principals import system_principal
from tenancy.scoping import tenant_scope

BATCH = 200
_AREAS = (Area.THUMBS, Area.PREVIEWS, Area.FILES)
_LIFECYCLE = system_principal("lifecycle")


def delete_due(store: ObjectStore, tenant_id: uuid.UUID, now: dt.datetime | None = None) -> int:
    """Delete this tenant's files that are due; returns how many went.

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
    """Files whose date has come; those on hold left out so that they don't crowd out the others.

    So are those that storage still holds, or may hold: it would keep their bytes.
    """
    holds = LegalHold.objects.filter(Q(file_id=OuterRef("pk")) | Q(file_id=None), app=OuterRef("app"), lifted_at=None)
    dated = Q(delete_at__lte=moment) | Q(purge_at__lte=moment)
    kept = HeldObject.objects.filter(file_id=OuterRef("pk"))
    due = StoredFile.objects.filter(~Exists(holds), ~Exists(kept), dated).select_related("app", "reservation__app")
    return list(due.select_for_update(of=("self",), skip_locked=True)[:BATCH])


def _forget(stored: StoredFile, moment: dt.datetime) -> bool:
    held = standing(stored.app).holds(stored.pk)
    facts = FileFacts(stored.name, stored.created_at, is_on_hold=held, purge_at=stored.purge_at)
    if not is_due(facts, rules_of(stored.app), moment):
        return False
    reservations.release(stored.reservation)
    rule = "trash" if stored.purge_at and stored.purge_at <= moment else "age"
    record(AuditAction.FILE_DELETED, actor=_LIFECYCLE, app_id=stored.app_id, subject=f"file:{stored.pk}", rule=rule)
    StoredFile.objects.filter(pk=stored.pk).delete()
    return True
