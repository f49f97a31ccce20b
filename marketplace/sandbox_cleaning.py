"""Ending sandboxes whose day is over: nobody gets in any more, and no byte of theirs stays."""

import datetime as dt

from django.db import transaction

from admission.models import Level
from admission.revocations import revoke
from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.object_keys import Area
from marketplace.sandbox_models import GuestSandbox
from quotas import reservations
from storage.models import HeldObject, LegalHold, StoredFile
from storage.object_lock import object_lock
from storage.object_store import ObjectStore
from tenancy.models import Membership, MicroApp
from tenancy.principals import system_principal
from tenancy.scoping import tenant_scope

_CLEANING = system_principal("sandbox")
_AT_ONCE = 50
_AREAS = (Area.THUMBS, Area.PREVIEWS, Area.FILES)


def clean_up(store: ObjectStore, now: dt.datetime | None = None) -> int:
    """End the sandboxes that are over; returns how many. Killed on the way, the next round goes on."""
    moment = now or clock.now()
    over = list(GuestSandbox.objects.filter(ended_at=None, expires_at__lte=moment).order_by("expires_at")[:_AT_ONCE])
    for sandbox in over:
        end(sandbox, store, moment)
    return len(over)


def end(sandbox: GuestSandbox, store: ObjectStore, moment: dt.datetime) -> None:
    """Close it first, then delete its files, then say that it has ended.

    Sandboxes keep no promise of retention or of a hold: nothing in them is for real. Uploads that are on their way
    end as all do that never arrive, and the quarantine's round deletes their bytes.
    """
    with transaction.atomic():
        _close(sandbox, moment)
    with tenant_scope(sandbox.tenant_id):
        files = list(StoredFile.objects.select_related("reservation"))
        keys = [stored.key(area) for stored in files for area in _AREAS]
        held = set(HeldObject.objects.values_list("file_id", flat=True))
    for stored in files:
        if stored.pk in held:
            object_lock().release(stored.key())
    for key in keys:
        store.delete(key)
    with tenant_scope(sandbox.tenant_id):
        for stored in files:
            _forget(stored)
        GuestSandbox.objects.filter(pk=sandbox.pk).update(ended_at=moment)


def _close(sandbox: GuestSandbox, moment: dt.datetime) -> None:
    """No session, no token and no page opens it any more."""
    sandbox.user.is_active = False
    sandbox.user.save(update_fields=["is_active"])
    with tenant_scope(sandbox.tenant_id):
        name, reason = str(sandbox.tenant_id), "the sandbox is over"
        revoke(Level.TENANT, name, tenant_id=sandbox.tenant_id, actor=str(_CLEANING), reason=reason)
        LegalHold.objects.filter(lifted_at=None).update(lifted_at=moment, lifted_by=str(_CLEANING))
        MicroApp.objects.filter(paused_at=None).update(paused_at=moment)
        Membership.objects.all().delete()
        record(AuditAction.SANDBOX_ENDED, actor=_CLEANING, subject=f"tenant:{sandbox.tenant_id}")


def _forget(stored: StoredFile) -> None:
    reservations.release(stored.reservation)
    record(AuditAction.FILE_DELETED, actor=_CLEANING, app_id=stored.app_id, subject=f"file:{stored.pk}", rule="sandbox")
    StoredFile.objects.filter(pk=stored.pk).delete()
