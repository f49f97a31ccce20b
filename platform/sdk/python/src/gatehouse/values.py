"""What the API answers with. Sizes in bytes. Members that this client doesn't know are left out."""

import dataclasses
import datetime as dt
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, TypeVar

from gatehouse.problems import GatehouseProblem, problem_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder."""

    id: str
    name: str
    path: str = ""
    created_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that was found to be safe. `delete_at`: when its keeping ends; `trashed_at`: while it is in the trash.

    `locked_at`: since when nobody can open it, because something was found in it later.
    """

    id: str
    name: str
    path: str
    size: int
    content_type: str
    labels: Mapping[str, str] = field(default_factory=dict)
    created_at: dt.datetime | None = None
    delete_at: dt.datetime | None = None
    trashed_at: dt.datetime | None = None
    locked_at: dt.datetime | None = None
    has_thumbnail: bool = False
    etag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """Where an upload stands; the file that came of it, or the problem that ended it."""

    id: str
    state: str
    name: str = ""
    size: int = 0
    file: StoredFile | None = None
    problem: GatehouseProblem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPart:
    """Where one part goes."""

    number: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedParts:
    """Fresh addresses."""

    parts: tuple[SignedPart, ...]
    expires_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPart:
    """A part that storage has."""

    number: int
    size: int
    etag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredParts:
    """All parts that storage has of an upload."""

    parts: tuple[StoredPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadForm:
    """A form that storage takes once; the file goes last, as the field `file`."""

    url: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPlan:
    """How a large file is cut, and where its first parts go."""

    part_size: int
    part_count: int
    parts: tuple[SignedPart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedUpload:
    """An announced file and what storage will take for it."""

    id: str
    state: str
    upload: UploadForm | PartPlan
    expires_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a folder. `etag` asks for the same page again only if it changed."""

    folders: tuple[Folder, ...]
    files: tuple[StoredFile, ...]
    next_cursor: str | None = None
    etag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrashPage:
    """One page of the trash."""

    files: tuple[StoredFile, ...]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedUrl:
    """A link that opens one file for about a minute."""

    url: str
    expires_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ItemResult(Generic[T]):
    """One item's end in a batch: its value, or the problem that it alone has."""

    value: T | None = None
    problem: GatehouseProblem | None = None

    def unwrap(self) -> T:
        """The value. Raises the problem."""
        if self.problem is not None:
            raise self.problem
        return typing.cast("T", self.value)


def read(kind: type[T], content: Any) -> T:
    """The content as a value of this type. Raises GatehouseProblem when it can't be one."""
    try:
        reader: Callable[[Any], T] = _reader(typing.cast("typing.Hashable", kind))
        value = reader(content)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise GatehouseProblem({"code": "INTERNAL"}) from error
    return value


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """How JSON becomes a value of this type."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind == UploadForm | PartPlan:
        return _handed_out
    if origin is types.UnionType:
        inner = _reader(arguments[0])
        return lambda content: None if content is None else inner(content)
    if origin is tuple:
        each = _reader(arguments[0])
        return lambda content: tuple(each(item) for item in content)
    if kind is dt.datetime:
        return dt.datetime.fromisoformat
    if kind is GatehouseProblem:
        return lambda content: problem_of(0, content)
    return _members(kind) if dataclasses.is_dataclass(kind) else lambda content: content


def _members(kind: Any) -> Callable[[Any], Any]:
    readers = {name: _reader(hint) for name, hint in typing.get_type_hints(kind).items()}
    return lambda content: kind(**{name: reader(content[name]) for name, reader in readers.items() if name in content})


def _handed_out(content: Any) -> UploadForm | PartPlan:
    return read(PartPlan, content) if content["method"] == "PUT" else read(UploadForm, content)
