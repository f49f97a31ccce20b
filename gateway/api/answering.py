"""Answers made of rows: what a folder, a file or an upload looks like to a client."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import orjson

from gateway.api import answers
from gateway.multipart import SignedParts
from kernel.errors import CATALOGUE, Remedy
from kernel.language import said
from storage import models
from storage.folders import path_of
from storage.grants import UploadForm
from storage.listing import ListedFile, ListedFolder
from storage.parts import HeldPart, part_count


def folder(row: models.Folder | ListedFolder, path: str) -> answers.Folder:
    """One folder."""
    return answers.Folder(str(row.id), row.name, path, row.created_at)


def file(stored: models.StoredFile, folder_path: str) -> answers.File:
    """One file."""
    return answers.File(
        id=str(stored.id),
        name=stored.name,
        path=f"{folder_path}/{stored.name}" if folder_path else stored.name,
        size=stored.size,
        content_type=stored.content_type,
        labels=stored.labels,
        created_at=stored.created_at,
        delete_at=_earliest(stored.delete_at, stored.purge_at),
        trashed_at=stored.trashed_at,
        locked_at=stored.locked_at,
        has_thumbnail=stored.has_thumbnail,
    )


def listed(row: ListedFile, inside: str) -> answers.File:
    """The same as a listing reads it; `inside` begins its path."""
    return answers.File(
        id=row.id,
        name=row.name,
        path=inside + row.name,
        size=row.size,
        content_type=row.content_type,
        labels=orjson.loads(row.labels),
        created_at=row.created_at,
        delete_at=_earliest(row.delete_at, row.purge_at),
        trashed_at=None,
        locked_at=row.locked_at,
        has_thumbnail=row.has_thumbnail,
    )


def upload(row: models.Upload) -> answers.Upload:
    """An upload with its file, once there is one. Must run in the tenant's scope."""
    return uploads([row])[row.pk]


def uploads(rows: Iterable[models.Upload]) -> dict[uuid.UUID, answers.Upload]:
    """Many uploads, by their ids. Must run in the tenant's scope."""
    wanted = {row.pk: row for row in rows}
    found = models.StoredFile.objects.filter(pk__in=wanted).select_related("folder")
    files = {stored.pk: stored for stored in found}
    return {key: _upload(row, files.get(key)) for key, row in wanted.items()}


def _upload(row: models.Upload, stored: models.StoredFile | None) -> answers.Upload:
    return answers.Upload(
        id=str(row.id),
        state=row.state,
        name=row.name,
        size=row.actual_size or row.declared_size,
        file=file(stored, path_of(stored.folder)) if stored else None,
        problem=_ending(row),
    )


def started(row: models.Upload, offered: UploadForm | SignedParts) -> answers.StartedUpload:
    """A started upload with what it was offered."""
    return answers.StartedUpload(str(row.id), row.state, row.expires_at, _offer(row, offered))


def signed_parts(signed: SignedParts) -> answers.SignedPartList:
    """Some parts' addresses."""
    return answers.SignedPartList(_parts(signed), signed.expires_at)


def stored_parts(held: list[HeldPart]) -> answers.StoredPartList:
    """What storage has."""
    return answers.StoredPartList([answers.StoredPart(part.number, part.size, part.etag) for part in held])


def button(remedy: Remedy) -> answers.Button:
    """One remedy."""
    return answers.Button(remedy.who, remedy.action, said(remedy.label), remedy.href)


def as_json(answer: Any) -> dict[str, Any]:
    """An answer as plain JSON values."""
    plain: dict[str, Any] = msgspec.to_builtins(answer)
    return plain


def _earliest(one: dt.datetime | None, other: dt.datetime | None) -> dt.datetime | None:
    return min(one, other) if one and other else one or other


def _offer(row: models.Upload, offered: UploadForm | SignedParts) -> answers.Form | answers.Parts:
    if isinstance(offered, UploadForm):
        return answers.Form(offered.url, dict(offered.fields))
    return answers.Parts(row.part_size or 0, part_count(row), _parts(offered), offered.expires_at)


def _parts(signed: SignedParts) -> list[answers.Part]:
    return [answers.Part(part.number, part.url) for part in signed.parts]


def _ending(row: models.Upload) -> answers.Ending | None:
    problem = CATALOGUE.get(row.problem_code)
    if problem is None:
        return None
    facts: Mapping[str, str] = row.problem_facts
    return answers.Ending(problem.code, problem.words_for(facts), button(problem.remedy))
