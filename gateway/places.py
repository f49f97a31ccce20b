"""Where a file may go, and under which name."""

import uuid

from gateway.agreements import require_agreed
from gateway.callers import Caller
from gateway.paths import folder_path
from kernel.decisions import Denied
from kernel.errors import NAME_TAKEN, FieldError, Problem
from kernel.language import said
from marketplace.installations import InstalledPolicy
from policy.actions import Action
from policy.engine import decide
from policy.media_types import type_of
from policy.wishes import UploadWish
from storage import folders, names
from storage.models import Folder, StoredFile
from tenancy.models import MicroApp


def existing_folder(caller: Caller, app: MicroApp, path: str, pointer: str) -> Folder | None:
    """A folder that something may go to, None for the root.

    Must run in the tenant's scope. Raises Problem VALIDATION, SCOPE_NOT_GRANTED, CONSENT_REQUIRED,
    CONSENT_WITHDRAWN, NOT_FOUND: it isn't made on the way.
    """
    cleaned = folder_path(path, pointer)
    caller.claims.require(Action.FILES_WRITE, cleaned)
    require_agreed(caller, caller.current(), cleaned)
    return folders.find(app, cleaned)


def require_usable_name(policy: InstalledPolicy, stored: StoredFile, name: str) -> None:
    """Nothing becomes by its name what couldn't have come in under it. Raises the Problem of a denial."""
    wish = UploadWish(name, stored.size, type_of(name, stored.content_type), policy.region)
    decision = decide(policy.document, wish)
    if isinstance(decision, Denied):
        raise decision.as_problem()


def require_free(app_id: uuid.UUID, folder_id: uuid.UUID | None, name: str) -> None:
    """The folder's names must be locked. Raises Problem NAME_TAKEN, which suggests one that is free."""
    free = names.free(app_id, folder_id, name)
    if free != name:
        raise taken(name, free)


def taken(name: str, free: str) -> Problem:
    """The problem of a name in use."""
    wrong = FieldError("/name", said("“{free}” is free.").format(free=free))
    return Problem(NAME_TAKEN, errors=[wrong], name=name, suggestion=free)
