"""The trash: what is deleted waits there for the template's days, counts, and comes back."""

import datetime as dt
import uuid

from audit.actions import AuditAction
from audit.record import record
from gateway.callers import Caller
from gateway.reach import find_file
from kernel import clock
from kernel.decisions import Denied
from lifecycle.holds import standing
from lifecycle.keeping import rules_for
from lifecycle.rules import FileFacts, may_delete
from lifecycle.trash import restore
from policy.actions import Action
from storage import folders
from storage.listing import Cursor, trash_page
from storage.models import StoredFile
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope


def trash_file(caller: Caller, file_id: uuid.UUID) -> StoredFile:
    """Put a file into the trash; one that is there stays. It counts against the quota until it is gone for good.

    Raises Problem NOT_FOUND, SCOPE_NOT_GRANTED, FILE_ON_HOLD, FILE_RETAINED.
    """
    caller.claims.require_action(Action.FILES_DELETE)
    now = clock.now()
    with tenant_scope(caller.claims.tenant):
        stored, app = find_file(caller, file_id, locked=True), caller.app()
        if stored.trashed_at is None:
            _require_deletable(app, stored, now)
            days = caller.policy().document.lifecycle.trash_days
            stored.trashed_at, stored.purge_at = now, now + dt.timedelta(days=days)
            stored.save(update_fields=["trashed_at", "purge_at"])
            _record(caller, AuditAction.FILE_TRASHED, stored, until=stored.purge_at.isoformat())
    return stored


def restore_file(caller: Caller, file_id: uuid.UUID) -> StoredFile:
    """Take a file out of the trash, to where it was; under a free name where its own is in use by now.

    Raises Problem NOT_FOUND, SCOPE_NOT_GRANTED, FILE_LOCKED.
    """
    caller.claims.require_action(Action.FILES_DELETE)
    with tenant_scope(caller.claims.tenant):
        stored = find_file(caller, file_id, locked=True)
        if stored.trashed_at is not None:
            _record(caller, AuditAction.FILE_RESTORED, stored, renamed=restore(stored))
    return stored


def list_trash(caller: Caller, cursor: Cursor | None, limit: int) -> tuple[list[StoredFile], Cursor | None]:
    """One page of the trash, within the token's prefix, for whoever may fill it. Raises Problem SCOPE_NOT_GRANTED."""
    caller.claims.require_action(Action.FILES_DELETE)
    with tenant_scope(caller.claims.tenant):
        app = caller.app()
        return trash_page(app, _reach(app, caller.claims.prefix), cursor, limit)


def _require_deletable(app: MicroApp, stored: StoredFile, now: dt.datetime) -> None:
    facts = FileFacts(stored.name, stored.created_at, is_on_hold=standing(app).holds(stored.pk))
    decision = may_delete(facts, rules_for(stored), now)
    if isinstance(decision, Denied):
        raise decision.as_problem()


def _reach(app: MicroApp, prefix: str) -> set[uuid.UUID] | None:
    """The folders of a prefix; None for all. Raises Problem NOT_FOUND."""
    folder = folders.find(app, prefix)
    return set(folders.subtree(folder)) if folder else None


def _record(caller: Caller, action: AuditAction, stored: StoredFile, **detail: object) -> None:
    record(
        action,
        actor=caller.actor,
        app_id=stored.app_id,
        subject=f"file:{stored.pk}",
        token=caller.claims.token_id,
        **detail,
    )
