"""createFolder."""

from audit.actions import AuditAction
from audit.record import record
from gateway.callers import Caller
from gateway.paths import folder_path
from kernel.errors import VALIDATION, FieldError, Problem
from policy.actions import Action
from storage import folders
from storage.models import Folder
from tenancy.scoping import tenant_scope


def create_folder(caller: Caller, path: str) -> tuple[Folder, str, bool]:
    """The folder at this path with its parents, its cleaned path, and whether it is new.

    Raises Problem VALIDATION or SCOPE_NOT_GRANTED.
    """
    cleaned = folder_path(path)
    if not cleaned:
        raise Problem(VALIDATION, errors=[FieldError("/path", "Name the folder.")], detail="the folder has no name.")
    caller.claims.require(Action.FOLDERS_CREATE, cleaned)
    with tenant_scope(caller.claims.tenant):
        folder, is_new = folders.ensure(caller.app(), cleaned, caller.actor)
        if folder is None:
            raise RuntimeError("A path with a name leads to a folder.")
        if is_new:
            record(
                AuditAction.FOLDER_CREATED,
                actor=caller.actor,
                app_id=caller.claims.app,
                subject=f"folder:{folder.id}",
                token=caller.claims.token_id,
            )
    return folder, cleaned, is_new
