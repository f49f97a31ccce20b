"""What a token reaches: its app's things within its prefix. Everything else isn't there, alike for all reasons."""

import uuid
from collections.abc import Callable, Collection
from typing import TypeVar

from gateway.callers import Caller
from kernel.errors import FILE_ARCHIVED, FILE_LOCKED, NOT_FOUND, UPLOAD_CLOSED, Problem
from storage import folders, transitions
from storage.archive import HOURS_TO_FETCH
from storage.models import Folder, StoredFile, Upload
from storage.states import UploadState

_InFolder = TypeVar("_InFolder", Upload, StoredFile)


def find_upload(caller: Caller, upload_id: uuid.UUID, *, locked: bool = False) -> Upload:
    """The app's upload. Must run in the tenant's scope. Raises Problem NOT_FOUND."""
    uploads = Upload.objects.filter(pk=upload_id, app_id=caller.claims.app).select_related("folder")
    upload: Upload | None = (uploads.select_for_update(of=("self",)) if locked else uploads).first()
    if upload is None:
        raise Problem(NOT_FOUND)
    caller.claims.require_within(folders.path_of(upload.folder))
    return upload


def find_uploads(caller: Caller, upload_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Upload]:
    """Those of the app's uploads that are in reach. Must run in the tenant's scope."""
    uploads = Upload.objects.filter(pk__in=upload_ids, app_id=caller.claims.app).select_related("folder")
    return {upload.pk: upload for upload in _reached(caller, list(uploads))}


def find_file(caller: Caller, file_id: uuid.UUID, *, locked: bool = False) -> StoredFile:
    """The app's file, in the trash or not. Must run in the tenant's scope. Raises Problem NOT_FOUND."""
    files = StoredFile.objects.filter(pk=file_id, app_id=caller.claims.app).select_related("folder", "reservation")
    stored: StoredFile | None = (files.select_for_update(of=("self",)) if locked else files).first()
    if stored is None:
        raise Problem(NOT_FOUND)
    caller.claims.require_within(folders.path_of(stored.folder))
    return stored


def find_each(caller: Caller, file_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, StoredFile]:
    """Those of the app's files that are in reach and not in the trash. Must run in the tenant's scope."""
    which = StoredFile.objects.filter(pk__in=file_ids, app_id=caller.claims.app, trashed_at=None)
    return {stored.pk: stored for stored in _reached(caller, list(which.select_related("folder", "reservation")))}


def find_available(caller: Caller, file_id: uuid.UUID, *, locked: bool = False) -> StoredFile:
    """The app's file, unless it is in the trash. Must run in the tenant's scope. Raises Problem NOT_FOUND."""
    stored = find_file(caller, file_id, locked=locked)
    if stored.trashed_at is not None:
        raise Problem(NOT_FOUND)
    return stored


def require_unlocked(stored: StoredFile) -> None:
    """Raises Problem FILE_LOCKED for a file in which a later check found something: nobody opens or copies it."""
    if stored.locked_at is not None:
        raise Problem(FILE_LOCKED, name=stored.name)


def require_not_archived(stored: StoredFile) -> None:
    """Raises Problem FILE_ARCHIVED for one that must be brought back before it can be read."""
    if hours := HOURS_TO_FETCH.get(stored.archived_as):
        raise Problem(FILE_ARCHIVED, name=stored.name, hours=str(hours))


def find_folder(caller: Caller, folder_id: uuid.UUID) -> Folder:
    """The app's folder, below the token's prefix: the prefix's own folder is not its to change.

    Must run in the tenant's scope. Raises Problem NOT_FOUND.
    """
    which = Folder.objects.filter(pk=folder_id, app_id=caller.claims.app).select_related("parent")
    folder: Folder | None = which.select_for_update(of=("self",)).first()
    if folder is None:
        raise Problem(NOT_FOUND)
    caller.claims.require_within(folders.path_of(folder.parent))
    return folder


def require_open(upload: Upload) -> None:
    """Raises Problem UPLOAD_CLOSED once nothing can arrive any more."""
    if upload.state != UploadState.STARTED:
        raise Problem(UPLOAD_CLOSED, name=upload.name, state=UploadState(upload.state).label.lower())


def unless_closed(upload: Upload, step: Callable[[], Upload]) -> Upload:
    """Take the step; where another request was faster, answer with what it made of the upload.

    Must run in the tenant's scope. Raises Problem UPLOAD_CLOSED.
    """
    try:
        return step()
    except transitions.IllegalTransitionError:
        return running_or_done(Upload.objects.select_related("folder").get(pk=upload.pk))


def running_or_done(upload: Upload) -> Upload:
    """The upload. Raises Problem UPLOAD_CLOSED for one that ended without anything having arrived."""
    if upload.state in {UploadState.EXPIRED, UploadState.ABORTED}:
        require_open(upload)
    return upload


def _reached(caller: Caller, things: list[_InFolder]) -> list[_InFolder]:
    """Those whose folders are in reach; each folder is looked at once."""
    parents = {thing.folder_id: thing.folder for thing in things}
    reached = {key for key, folder in parents.items() if caller.claims.reaches(folders.path_of(folder))}
    return [thing for thing in things if thing.folder_id in reached]
