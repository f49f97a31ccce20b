"""Putting one file into the trash and taking it out again by a person's hand, on the app's own pages."""

import datetime as dt
import uuid

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.decisions import Denied
from kernel.errors import FILE_LOCKED, NOT_FOUND, Problem
from lifecycle.holds import standing
from lifecycle.keeping import rules_for
from lifecycle.rules import FileFacts, may_delete
from storage import names
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


def take_out(app: MicroApp, file_id: uuid.UUID, *, actor: Principal | str) -> StoredFile:
    """Take it out again; one that isn't there stays. Must run in the tenant's scope.

    Raises Problem NOT_FOUND, FILE_LOCKED.
    """
    stored: StoredFile | None = StoredFile.objects.select_for_update().filter(app=app, pk=file_id).first()
    if stored is None:
        raise Problem(NOT_FOUND)
    if stored.trashed_at is not None:
        was_renamed = restore(stored)
        record(AuditAction.FILE_RESTORED, actor=actor, app_id=app.id, subject=f"file:{file_id}", renamed=was_renamed)
    return stored


def restore(stored: StoredFile) -> bool:
    """Let a locked row out of the trash, to where it was; whether its name was in use, so that it has another now.

    Must run in the tenant's scope; the record is the caller's matter. Raises Problem FILE_LOCKED for one that an owner
    gave up for what a later check found in it.
    """
    if stored.locked_at is not None:
        raise Problem(FILE_LOCKED, name=stored.name)
    names.lock(stored.app_id, stored.folder_id)
    before, stored.name = stored.name, names.free(stored.app_id, stored.folder_id, stored.name)
    stored.trashed_at = stored.purge_at = stored.version_of = None
    stored.save(update_fields=["trashed_at", "purge_at", "version_of", "name"])
    return stored.name != before


def _days(file_id: uuid.UUID) -> int:
    upload = Upload.objects.filter(pk=file_id).first()
    return (upload.wishes.version_days if upload else 0) or DAYS_OF_COPIES
