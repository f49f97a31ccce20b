"""The shapes of answers. Times are UTC, sizes in bytes."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from gateway.multipart import SignedParts
from kernel.errors import CATALOGUE, Remedy
from storage import models
from storage.folders import path_of
from storage.grants import UploadForm
from storage.parts import HeldPart, part_count

Id = Annotated[str, msgspec.Meta(extra_json_schema={"format": "uuid"})]
Moment = Annotated[dt.datetime, msgspec.Meta(tz=True)]


class Folder(msgspec.Struct):
    """A folder."""

    id: Id
    name: str
    path: str
    created_at: Moment


class File(msgspec.Struct):
    """A file that was found clean. `delete_at`: when it goes by itself; `trashed_at`: while it is in the trash."""

    id: Id
    name: str
    path: str
    size: int
    content_type: str
    labels: dict[str, str]
    created_at: Moment
    delete_at: Moment | None
    trashed_at: Moment | None
    has_thumbnail: bool


class Button(msgspec.Struct):
    """The remedy of a problem: who can press it, what it does, what it says, where it leads."""

    who: str
    action: str
    label: str
    href: str


class Ending(msgspec.Struct):
    """The problem that ended an upload."""

    code: str
    user_message: str
    remedy: Button


class FieldError(msgspec.Struct):
    """One field of the request that can't be used, as a JSON pointer (RFC 6901)."""

    pointer: str
    detail: str


class Problem(msgspec.Struct, omit_defaults=True):
    """What went wrong (RFC 9457), in words for people, with the one button that helps.

    `retry_after_s`: the same call succeeds after so many seconds, where it is retryable.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    remedy: Button
    retryable: bool
    retry_after_s: int | None
    errors: list[FieldError]
    user_message: str
    suggestion: str | msgspec.UnsetType = msgspec.UNSET


class Upload(msgspec.Struct):
    """Where an upload stands; the file that came of it, or the problem that ended it."""

    id: Id
    state: str
    name: str
    size: int
    file: File | None
    problem: Ending | None


class Form(msgspec.Struct, tag_field="method", tag="POST"):
    """A form that storage takes once: its fields as they are, the file as the last one, `file`."""

    url: str
    fields: dict[str, str]


class Part(msgspec.Struct):
    """Where one part goes, by PUT."""

    number: int
    url: str


class Parts(msgspec.Struct, tag_field="method", tag="PUT"):
    """How the file is cut, and where its first parts go; the addresses of the others are asked for."""

    part_size: int
    part_count: int
    parts: list[Part]
    expires_at: Moment


class StartedUpload(msgspec.Struct):
    """An upload that is on the record, and what storage will take for it."""

    id: Id
    state: str
    expires_at: Moment
    upload: Form | Parts


class Token(msgspec.Struct):
    """A scoped token (RFC 6749 §5.1). Its lifetime in seconds."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str


class RequestedUpload(StartedUpload):
    """A started upload, and the token that it goes on with."""

    token: Token


class SignedPartList(msgspec.Struct):
    """Fresh addresses."""

    parts: list[Part]
    expires_at: Moment


class StoredPart(msgspec.Struct):
    """A part that storage has."""

    number: int
    size: int
    etag: str


class StoredPartList(msgspec.Struct):
    """The parts that need not be sent again."""

    parts: list[StoredPart]


class Page(msgspec.Struct):
    """One page of a folder: folders first."""

    folders: list[Folder]
    files: list[File]
    next_cursor: str | None


class TrashPage(msgspec.Struct):
    """One page of the trash, what was deleted last first."""

    files: list[File]
    next_cursor: str | None


class SignedUrl(msgspec.Struct):
    """A link that opens one file for about a minute."""

    url: str
    expires_at: Moment


def folder(row: models.Folder, path: str) -> Folder:
    """One folder."""
    return Folder(str(row.id), row.name, path, row.created_at)


def file(stored: models.StoredFile, folder_path: str) -> File:
    """One file."""
    return File(
        id=str(stored.id),
        name=stored.name,
        path=f"{folder_path}/{stored.name}" if folder_path else stored.name,
        size=stored.size,
        content_type=stored.content_type,
        labels=stored.labels,
        created_at=stored.created_at,
        delete_at=min((date for date in (stored.delete_at, stored.purge_at) if date), default=None),
        trashed_at=stored.trashed_at,
        has_thumbnail=stored.has_thumbnail,
    )


def upload(row: models.Upload) -> Upload:
    """An upload with its file, once there is one. Must run in the tenant's scope."""
    stored = models.StoredFile.objects.filter(pk=row.pk).select_related("folder").first()
    return Upload(
        id=str(row.id),
        state=row.state,
        name=row.name,
        size=row.actual_size or row.declared_size,
        file=file(stored, path_of(stored.folder)) if stored else None,
        problem=_ending(row),
    )


def started(row: models.Upload, offered: UploadForm | SignedParts) -> StartedUpload:
    """A started upload with what it was offered."""
    return StartedUpload(str(row.id), row.state, row.expires_at, _offer(row, offered))


def signed_parts(signed: SignedParts) -> SignedPartList:
    """Some parts' addresses."""
    return SignedPartList(_parts(signed), signed.expires_at)


def stored_parts(held: list[HeldPart]) -> StoredPartList:
    """What storage has."""
    return StoredPartList([StoredPart(part.number, part.size, part.etag) for part in held])


def button(remedy: Remedy) -> Button:
    """One remedy."""
    return Button(remedy.who, remedy.action, remedy.label, remedy.href)


def as_json(answer: Any) -> dict[str, Any]:
    """An answer as plain JSON values."""
    plain: dict[str, Any] = msgspec.to_builtins(answer)
    return plain


def _offer(row: models.Upload, offered: UploadForm | SignedParts) -> Form | Parts:
    if isinstance(offered, UploadForm):
        return Form(offered.url, dict(offered.fields))
    return Parts(row.part_size or 0, part_count(row), _parts(offered), offered.expires_at)


def _parts(signed: SignedParts) -> list[Part]:
    return [Part(part.number, part.url) for part in signed.parts]


def _ending(row: models.Upload) -> Ending | None:
    problem = CATALOGUE.get(row.problem_code)
    if problem is None:
        return None
    facts: Mapping[str, str] = row.problem_facts
    return Ending(problem.code, problem.words_for(facts), button(problem.remedy))
