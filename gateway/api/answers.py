"""The shapes of answers. Times are UTC, sizes in bytes."""

import datetime as dt
from typing import Annotated

import msgspec

Id = Annotated[str, msgspec.Meta(extra_json_schema={"format": "uuid"})]
Moment = Annotated[dt.datetime, msgspec.Meta(tz=True)]


class Folder(msgspec.Struct):
    """A folder."""

    id: Id
    name: str
    path: str
    created_at: Moment


class File(msgspec.Struct):
    """A file that was found clean. `delete_at`: when it goes by itself; `trashed_at`: while it is in the trash.

    `locked_at`: since when nobody can open it, because something was found in it later.
    """

    id: Id
    name: str
    path: str
    size: int
    content_type: str
    labels: dict[str, str]
    created_at: Moment
    delete_at: Moment | None
    trashed_at: Moment | None
    locked_at: Moment | None
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
