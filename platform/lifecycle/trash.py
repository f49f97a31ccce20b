"""Putting one file into the trash by a person's hand, on the app's own pages."""

import datetime as dt
import uuid

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.decisions import Denied
from kernel.errors import NOT_FOUND, Problem
from lifecycle.holds import standing
from lifecycle.keeping import rules_for
from lifecycle.rules import FileFacts, may_delete
from storage.models import StoredFile, Upload
from tenancy.models import MicroApp
from tenancy.principals import Principal

DAYS_OF_COPIES = 30
"""A copy has no upload that says how long its template's trash keeps things."""


def put(app: MicroApp, file_id: uuid.UUID, *, actor: Principal | str) -> StoredFile:
    """Put it there; one that is there stays. Must run in the tenant's scope.

    Raises Problem NOT_FOUND, FILE_ON_HOLD, FILE_RETAINED.
    """
    stored: StoredFile | None = StoredFile.objects.select_for_update().filter(app=app, pk=file_id).first()
    if stored is None:
        raise Problem(NOT_FOUND)
    if stored.trashed_at is not None:
        return stored
    now, held = clock.now(), standing(app).holds(stored.pk)
    decision = may_delete(FileFacts(stored.name, stored.created_at, is_on_hold=held), rules_for(stored), now)
    if isinstance(decision, Denied):
        raise decision.as_problem()
    stored.trashed_at, stored.purge_at = now, now + dt.timedelta(days=_days(file_id))
    stored.save(update_fields=["trashed_at", "purge_at"])
    record(AuditAction.FILE_TRASHED, actor=actor, app_id=app.id, subject=f"file:{file_id}")
    return stored


def _days(file_id: uuid.UUID) -> int:
    upload = Upload.objects.filter(pk=file_id).first()
    return (upload.wishes.version_days if upload else 0) or DAYS_OF_COPIES
