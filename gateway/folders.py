"""createFolder; renaming, moving and deleting folders."""

import uuid
from collections.abc import Callable, Sequence
from functools import partial

from audit.actions import AuditAction
from audit.record import record, record_each
from gateway import places
from gateway.agreements import require_agreed
from gateway.callers import Caller
from gateway.changes import Change
from gateway.paths import folder_path, name_of
from gateway.reach import find_folder
from kernel.errors import CHANGED_MEANWHILE, FOLDER_NOT_EMPTY, VALIDATION, FieldError, Problem
from kernel.language import said
from kernel.paths import MAX_DEPTH
from policy.actions import Action
from storage import folders, names
from storage.models import Folder
from tenancy.scoping import tenant_scope


def create_folder(caller: Caller, path: str) -> tuple[Folder, str, bool]:
    """The folder at this path with its parents, its cleaned path, and whether it is new.

    Raises Problem VALIDATION or SCOPE_NOT_GRANTED.
    """
    cleaned = _creatable(caller, path)
    with tenant_scope(caller.claims.tenant):
        folder, is_new = folders.ensure(caller.app(), cleaned, caller.actor)
        if folder is None:
            raise RuntimeError("A path with a name leads to a folder.")
        if is_new:
            _record(caller, AuditAction.FOLDER_CREATED, folder)
    return folder, cleaned, is_new


def create_folders(caller: Caller, paths: Sequence[str]) -> list[tuple[Folder, str, bool] | Problem]:
    """As `create_folder`, many in one transaction and a few statements. A path's refusal is its own."""
    cleaned = [_or_problem(partial(_creatable, caller, path)) for path in paths]
    wanted = [path for path in cleaned if isinstance(path, str)]
    with tenant_scope(caller.claims.tenant):
        found, made = folders.ensure_each(caller.app(), wanted, caller.actor)
        if any(path not in found for path in wanted):
            raise Problem(CHANGED_MEANWHILE)  # it was deleted while it was being made
        new = {path for path in wanted if path in made}
        detail = {"token": caller.claims.token_id}
        subjects = [(f"folder:{found[path].pk}", detail) for path in sorted(new)]
        record_each(AuditAction.FOLDER_CREATED, actor=caller.actor, app_id=caller.claims.app, subjects=subjects)
    outcomes: list[tuple[Folder, str, bool] | Problem] = []
    for path in cleaned:
        outcomes.append(path if isinstance(path, Problem) else (found[path], path, path in new))
        new.discard(str(path))  # whoever names it a second time finds it there
    return outcomes


def _creatable(caller: Caller, path: str) -> str:
    """The path, cleaned. Raises Problem VALIDATION or SCOPE_NOT_GRANTED."""
    cleaned = folder_path(path)
    if not cleaned:
        wrong = FieldError("/path", said("Name the folder."))
        raise Problem(VALIDATION, errors=[wrong], detail="the folder has no name.")
    caller.claims.require(Action.FOLDERS_CREATE, cleaned)
    return cleaned


def _or_problem(make: Callable[[], str]) -> str | Problem:
    try:
        return make()
    except Problem as problem:
        return problem


def change_folder(caller: Caller, folder_id: uuid.UUID, change: Change) -> tuple[Folder, str]:
    """Give a folder another name, another parent, or both, with everything in it; and its path then.

    Raises Problem NOT_FOUND, SCOPE_NOT_GRANTED, VALIDATION, NAME_TAKEN, CONSENT_REQUIRED, CONSENT_WITHDRAWN.
    """
    caller.claims.require_action(Action.FILES_WRITE)
    with tenant_scope(caller.claims.tenant):
        folders.lock_tree(caller.claims.app)
        folder = find_folder(caller, folder_id)
        before = (folder.parent_id, folder.name)
        if change.folder is not None:
            _move(folder, places.existing_folder(caller, caller.app(), change.folder, "/parent"))
        if change.name is not None:
            folder.name = name_of(change.name)
        if (folder.parent_id, folder.name) != before:
            _require_free(folder)
            require_agreed(caller, caller.current(), folders.path_of(folder))
            folder.save(update_fields=["parent", "name"])
            moved, renamed = folder.parent_id != before[0], folder.name != before[1]
            _record(caller, AuditAction.FOLDER_CHANGED, folder, moved=moved, renamed=renamed)
        return folder, folders.path_of(folder)


def delete_folder(caller: Caller, folder_id: uuid.UUID) -> tuple[Folder, str]:
    """Delete a folder that is empty; and where it was. Raises Problem NOT_FOUND, SCOPE_NOT_GRANTED, FOLDER_NOT_EMPTY.

    What begins to come into it meanwhile is refused by the database, as a change at the same moment.
    """
    caller.claims.require_action(Action.FILES_DELETE)
    with tenant_scope(caller.claims.tenant):
        folders.lock_tree(caller.claims.app)
        folder = find_folder(caller, folder_id)
        path = folders.path_of(folder)
        if not folders.is_empty(folder):
            raise Problem(FOLDER_NOT_EMPTY, name=folder.name)
        _record(caller, AuditAction.FOLDER_DELETED, folder)
        folders.remove(folder)
    folder.pk = folder_id
    return folder, path


def _move(folder: Folder, parent: Folder | None) -> None:
    """Raises Problem VALIDATION for a circle, or where its folders would stand too deep."""
    if folders.is_within(parent, folder):
        raise _not_there(said("A folder can't go into itself."))
    deeper = folders.depth_of(parent) - folders.depth_of(folder.parent)
    if deeper > 0 and folders.depth_of(parent) + max(folders.subtree(folder).values()) > MAX_DEPTH:
        raise _not_there(said("Folders go at most {most} levels deep.").format(most=MAX_DEPTH))
    folder.parent = parent


def _not_there(detail: str) -> Problem:
    return Problem(VALIDATION, errors=[FieldError("/parent", detail)], detail=detail)


def _require_free(folder: Folder) -> None:
    free = names.free_folder(folder.app_id, folder.parent_id, folder.name)
    if free != folder.name:
        raise places.taken(folder.name, free)


def _record(caller: Caller, action: AuditAction, folder: Folder, **detail: object) -> None:
    record(
        action,
        actor=caller.actor,
        app_id=caller.claims.app,
        subject=f"folder:{folder.id}",
        token=caller.claims.token_id,
        **detail,
    )
