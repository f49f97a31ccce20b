"""What each operation takes, gives and refuses, once: the OpenAPI document and the reference page are made of it.

A test holds every answer of the gateway's own tests against it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.api import answers, schemas
from gateway.api.one_call import RequestUpload
from kernel import errors
from kernel.errors import ProblemType
from policy.actions import Action

Problems = tuple[ProblemType, ...]
_WRITE, _LIST, _READ = Action.FILES_WRITE, Action.FILES_LIST, Action.FILES_READ
_FOLDERS, _DELETE = Action.FOLDERS_CREATE, Action.FILES_DELETE

OF_EVERY_OPERATION: Problems = (
    errors.KEY_MISSING, errors.KEY_EXPIRED, errors.KEY_REVOKED, errors.ORIGIN_NOT_ALLOWED, errors.SCOPE_NOT_GRANTED,
    errors.VALIDATION, errors.RATE_LIMITED, errors.TEMPLATE_THROTTLED, errors.REQUESTS_USED_UP,
    errors.METHOD_NOT_ALLOWED, errors.INTERNAL, errors.STORAGE_UNAVAILABLE,
    errors.SERVER_BUSY,
    errors.REQUEST_TOO_SLOW,
)  # fmt: skip
OF_EVERY_CHANGE: Problems = (
    errors.IDEMPOTENCY_CONFLICT, errors.IDEMPOTENCY_IN_FLIGHT, errors.CHANGED_MEANWHILE,
)  # fmt: skip
_RULES: Problems = (errors.POLICY_REFUSED, errors.POLICY_BROKEN, errors.POLICY_UNAVAILABLE)
_CONSENT: Problems = (errors.CONSENT_REQUIRED, errors.CONSENT_WITHDRAWN)
_COMING_IN: Problems = (
    errors.FILE_EMPTY, errors.FILE_TOO_LARGE, errors.FILE_TYPE_NOT_ALLOWED, errors.APP_PAUSED, errors.REGION_BLOCKED,
    errors.QUOTA_APP_EXCEEDED, errors.QUOTA_WORKSPACE_EXCEEDED, errors.QUOTA_TENANT_EXCEEDED,
    errors.QUOTA_USER_EXCEEDED, *_CONSENT, *_RULES,
)  # fmt: skip
_ABSENT: Problems = (errors.NOT_FOUND,)
_CLOSED: Problems = (errors.NOT_FOUND, errors.UPLOAD_CLOSED)
_TAKEN: Problems = (errors.NOT_FOUND, errors.NAME_TAKEN)
_SHUT: Problems = (errors.NOT_FOUND, errors.FILE_LOCKED, errors.FILE_ARCHIVED)


@dataclass(frozen=True, slots=True)
class Described:
    """One operation. `many`: what is taken and given stands for one item of a batch.

    `is_bare`: it may come without a body. `makes_token`: it makes the token that others need. `is_cached`: its answer
    has an ETag.
    """

    id: str
    words: str
    gives: type
    statuses: tuple[int, ...] = (200,)
    takes: type | None = None
    needs: tuple[Action, ...] = ()
    refuses: Problems = ()
    asks: tuple[str, ...] = ()
    many: bool = False
    is_cached: bool = False
    is_bare: bool = False
    makes_token: bool = False


TAGS: Mapping[str, str] = {
    "uploads": "Bring files in: announce, send straight to storage, say that it is done.",
    "files": "Find files and open them, rename, move, copy and delete them.",
    "folders": "Make and change folders.",
    "trash": "What was deleted and can still come back.",
    "request upload": "Everything that one file needs in one call.",
    "tokens": "The broker: who may do what, for how long.",
}
OPERATIONS: Mapping[tuple[str, str], Described] = {
    ("POST", "/folders"): Described(
        "createFolder", "Make a folder with those above it, or find the one that is there (200).", answers.Folder,
        (201, 200), schemas.CreateFolder, (_FOLDERS,),
    ),
    ("POST", "/folders/batch"): Described(
        "createFolderBatch", "Make up to 100 folders.", answers.Folder, takes=schemas.CreateFolder,
        needs=(_FOLDERS,), many=True,
    ),
    ("PATCH", "/folders/{folder_id}"): Described(
        "changeFolder", "Rename a folder, or move it with everything in it.", answers.Folder,
        takes=schemas.ChangeFolder, needs=(_WRITE,), refuses=(*_TAKEN, *_CONSENT),
    ),
    ("DELETE", "/folders/{folder_id}"): Described(
        "deleteFolder", "Delete a folder that is empty.", answers.Folder, needs=(_DELETE,),
        refuses=(errors.NOT_FOUND, errors.FOLDER_NOT_EMPTY),
    ),
    ("POST", "/uploads"): Described(
        "uploadStart", "Announce a file. The answer holds what storage will take: a form, or parts.",
        answers.StartedUpload, (201,), schemas.StartUpload, (_WRITE,), (*_COMING_IN, errors.UPLOAD_CLOSED),
    ),
    ("POST", "/uploads/batch"): Described(
        "uploadStartBatch", "Announce up to 100 files.", answers.StartedUpload, takes=schemas.StartUpload,
        needs=(_WRITE,), refuses=_COMING_IN, many=True,
    ),
    ("POST", "/uploads/batch/complete"): Described(
        "uploadCompleteBatch", "Say that up to 100 files were sent.", answers.Upload, takes=schemas.CompleteItem,
        needs=(_WRITE,), refuses=(*_CLOSED, errors.UPLOAD_NOT_RECEIVED), many=True,
    ),
    ("GET", "/uploads/{upload_id}"): Described(
        "uploadState", "Where an upload stands.", answers.Upload, refuses=_ABSENT,
    ),
    ("POST", "/uploads/{upload_id}/complete"): Described(
        "uploadComplete", "Say that the bytes were sent. The server looks for itself, then has them scanned.",
        answers.Upload, (202,), schemas.CompleteUpload, (_WRITE,), (*_CLOSED, errors.UPLOAD_NOT_RECEIVED), is_bare=True,
    ),
    ("POST", "/uploads/{upload_id}/abort"): Described(
        "uploadAbort", "Give an upload up. Its space is free again.", answers.Upload, needs=(_WRITE,), refuses=_CLOSED,
    ),
    ("POST", "/uploads/{upload_id}/parts"): Described(
        "uploadParts", "Sign up to 100 parts of a large file, first or again.", answers.SignedPartList,
        takes=schemas.SignParts, needs=(_WRITE,), refuses=(*_CLOSED, errors.APP_PAUSED, *_RULES),
    ),
    ("GET", "/uploads/{upload_id}/parts"): Described(
        "uploadedParts", "The parts that storage has: go on with the others.", answers.StoredPartList, needs=(_WRITE,),
        refuses=_CLOSED,
    ),
    ("POST", "/request-upload"): Described(
        "requestUpload", "A token and a started upload in one call, for programs that bring one file in.",
        answers.RequestedUpload, (201,), RequestUpload, makes_token=True,
        refuses=(*_COMING_IN, errors.NOT_FOUND),
    ),
    ("GET", "/files"): Described(
        "list", "One page of a folder: folders first, then files.", answers.Page, needs=(_LIST,), refuses=_ABSENT,
        asks=("folder", "prefix", "sort", "cursor", "limit"), is_cached=True,
    ),
    ("GET", "/files/{file_id}"): Described(
        "getFile", "One file, in the trash or not.", answers.File, needs=(_LIST,), refuses=_ABSENT, is_cached=True,
    ),
    ("PATCH", "/files/{file_id}"): Described(
        "changeFile", "Rename a file, or move it to a folder that is there.", answers.File, takes=schemas.ChangeFile,
        needs=(_WRITE, _LIST), refuses=(*_TAKEN, errors.FILE_TYPE_NOT_ALLOWED, *_CONSENT, *_RULES),
    ),
    ("DELETE", "/files/{file_id}"): Described(
        "deleteFile", "Put a file into the trash. It counts until it is gone for good.", answers.File,
        needs=(_DELETE,), refuses=(errors.NOT_FOUND, errors.FILE_ON_HOLD, errors.FILE_RETAINED),
    ),
    ("POST", "/files/{file_id}/copy"): Described(
        "copyFile", "Copy a file. The copy takes space and is as old as its source.", answers.File, (201,),
        schemas.ChangeFile, (_WRITE, _LIST), (*_SHUT, errors.NAME_TAKEN, *_COMING_IN), is_bare=True,
    ),
    ("POST", "/files/{file_id}/restore"): Described(
        "restoreFile", "Take a file out of the trash, under a free name where its own is in use.", answers.File,
        needs=(_DELETE,), refuses=(*_ABSENT, errors.FILE_LOCKED),
    ),
    ("POST", "/files/{file_id}/signed-url"): Described(
        "getSignedUrl", "A link that opens one file, or its small picture, for about a minute.", answers.SignedUrl,
        takes=schemas.SignUrl, needs=(_READ,), refuses=(*_SHUT, errors.APP_PAUSED, *_RULES), is_bare=True,
    ),
    ("POST", "/files/batch/signed-url"): Described(
        "getSignedUrlBatch", "Links for up to 100 files.", answers.SignedUrl, takes=schemas.SignUrlItem,
        needs=(_READ,), refuses=(*_SHUT, errors.APP_PAUSED, *_RULES), many=True,
    ),
    ("GET", "/trash"): Described(
        "listTrash", "One page of the trash, what was deleted last first.", answers.TrashPage, needs=(_DELETE,),
        refuses=_ABSENT, asks=("cursor", "limit"), is_cached=True,
    ),
}  # fmt: skip
