"""Renaming and moving a file: data in PostgreSQL; its object stays where it is."""

import uuid
from dataclasses import dataclass

from audit.actions import AuditAction
from audit.record import record
from gateway import places
from gateway.callers import Caller
from gateway.paths import name_of
from gateway.reach import find_available
from policy.actions import Action
from storage import names
from storage.models import StoredFile
from tenancy.scoping import tenant_scope


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different; None stays as it is. The folder by its path, which must be there."""

    name: str | None = None
    folder: str | None = None


def change_file(caller: Caller, file_id: uuid.UUID, change: Change) -> StoredFile:
    """Give a file another name, another folder, or both. What it is already changes nothing.

    Raises Problem NOT_FOUND, SCOPE_NOT_GRANTED, VALIDATION, NAME_TAKEN, FILE_TYPE_NOT_ALLOWED.
    """
    caller.claims.require_action(Action.FILES_WRITE)
    caller.claims.require_action(Action.FILES_LIST)
    with tenant_scope(caller.claims.tenant):
        stored, app = find_available(caller, file_id, locked=True), caller.app()
        before = (stored.folder_id, stored.name)
        if change.folder is not None:
            stored.folder = places.existing_folder(caller, app, change.folder, "/folder")
        if change.name is not None:
            stored.name = name_of(change.name)
            places.require_usable_name(caller.policy(), stored, stored.name)
        if (stored.folder_id, stored.name) != before:
            names.lock(stored.app_id, stored.folder_id)
            places.require_free(stored.app_id, stored.folder_id, stored.name)
            stored.save(update_fields=["folder", "name"])
            _record(caller, stored, before)
    return stored


def _record(caller: Caller, stored: StoredFile, before: tuple[uuid.UUID | None, str]) -> None:
    """Names are people's words, so that they changed is recorded and not what they are."""
    record(
        AuditAction.FILE_CHANGED,
        actor=caller.actor,
        app_id=stored.app_id,
        subject=f"file:{stored.pk}",
        token=caller.claims.token_id,
        renamed=stored.name != before[1],
        moved=stored.folder_id != before[0],
        from_folder=str(before[0] or ""),
        to_folder=str(stored.folder_id or ""),
    )
