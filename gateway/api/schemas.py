"""The shapes of requests and answers."""

from typing import Annotated, Any

import msgspec

from kernel.errors import CATALOGUE
from storage.grants import UploadForm
from storage.models import Folder, StoredFile, Upload

MAX_BYTES = 5_000_000_000
Path = Annotated[str, msgspec.Meta(min_length=1, max_length=8_000)]
MetadataName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
MetadataValue = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class CreateFolder(msgspec.Struct, forbid_unknown_fields=True):
    """POST /folders."""

    path: Path


class StartUpload(msgspec.Struct, forbid_unknown_fields=True):
    """POST /uploads. Size in bytes; sha256 as 64 hex digits."""

    path: Path
    size: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    content_type: Annotated[str, msgspec.Meta(max_length=255)]
    sha256: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$")] = ""
    metadata: Annotated[dict[MetadataName, MetadataValue], msgspec.Meta(max_length=10)] = {}


class SignUrl(msgspec.Struct, forbid_unknown_fields=True):
    """POST /files/{id}/signed-url."""

    variant: Annotated[str, msgspec.Meta(pattern="^(original|thumbnail)$")] = "original"


def folder_json(folder: Folder, path: str) -> dict[str, Any]:
    """One folder."""
    return {"id": str(folder.id), "name": folder.name, "path": path, "created_at": folder.created_at}


def file_json(stored: StoredFile, folder_path: str) -> dict[str, Any]:
    """One file."""
    return {
        "id": str(stored.id),
        "name": stored.name,
        "path": f"{folder_path}/{stored.name}" if folder_path else stored.name,
        "size": stored.size,
        "content_type": stored.content_type,
        "labels": stored.labels,
        "created_at": stored.created_at,
        "delete_at": stored.delete_at,
        "has_thumbnail": stored.has_thumbnail,
    }


def upload_json(upload: Upload, stored: dict[str, Any] | None) -> dict[str, Any]:
    """An upload, the file that came of it, or the problem that ended it."""
    return {
        "id": str(upload.id),
        "state": upload.state,
        "name": upload.name,
        "size": upload.actual_size or upload.declared_size,
        "file": stored,
        "problem": _problem_json(upload),
    }


def started_json(upload: Upload, form: UploadForm) -> dict[str, Any]:
    """A started upload with its form; the file goes last, as the field `file`."""
    return {
        "id": str(upload.id),
        "state": upload.state,
        "expires_at": upload.expires_at,
        "upload": {"method": "POST", "url": form.url, "fields": dict(form.fields)},
    }


def _problem_json(upload: Upload) -> dict[str, Any] | None:
    problem = CATALOGUE.get(upload.problem_code)
    if problem is None:
        return None
    remedy = problem.remedy
    return {
        "code": problem.code,
        "user_message": problem.words_for(upload.problem_facts),
        "remedy": {"who": remedy.who, "action": remedy.action, "label": remedy.label, "href": remedy.href},
    }
