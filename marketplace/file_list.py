"""A folder of an app as its people see it: the storage room's listing, in words, a page at a time."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.core import signing

from kernel.errors import NOT_FOUND, Problem
from kernel.identifiers import parse_id
from kernel.paths import UnusablePathError, clean_path
from kernel.sizes import in_words
from storage.listing import Cursor, ListedFile, ListedFolder, Part, Sort, Wish, list_page
from storage.models import StoredFile
from tenancy.models import MicroApp

_PAGE = 50
_SALT = "marketplace.files"


@dataclass(frozen=True, slots=True)
class FolderRow:
    """One folder, and the path that opens it."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file, safe to open unless a later check locked it: what is not clean has no row."""

    id: uuid.UUID
    name: str
    size_words: str
    has_thumbnail: bool
    created_at: dt.datetime
    delete_at: dt.datetime | None
    is_locked: bool


@dataclass(frozen=True, slots=True)
class FileList:
    """A page of one folder, the way to it, and where the next page begins."""

    path: str
    crumbs: tuple[FolderRow, ...]
    folders: tuple[FolderRow, ...]
    files: tuple[FileRow, ...]
    next: str

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.folders and not self.files


def file_list(app: MicroApp, path: str, wish: Wish, after: str = "") -> FileList:
    """One page. Must run in the tenant's scope. Raises Problem NOT_FOUND for a folder that isn't there."""
    try:
        cleaned = clean_path(path) if path else ""
    except UnusablePathError as error:
        raise Problem(NOT_FOUND) from error
    of = f"{app.id}/{wish.sort}/{wish.prefix}/{cleaned}"
    page = list_page(app, cleaned, _opened(after, of), _PAGE, wish)
    locked = _locked(page.files)
    return FileList(
        path=cleaned,
        crumbs=_crumbs(cleaned),
        folders=tuple(_folder(folder, cleaned) for folder in page.folders),
        files=tuple(_file(stored, locked) for stored in page.files),
        next=_sealed(page.next, of),
    )


def _crumbs(path: str) -> tuple[FolderRow, ...]:
    names = path.split("/") if path else []
    return tuple(FolderRow(name, "/".join(names[: depth + 1])) for depth, name in enumerate(names))


def _folder(folder: ListedFolder, path: str) -> FolderRow:
    return FolderRow(folder.name, f"{path}/{folder.name}" if path else folder.name)


def _locked(files: Collection[ListedFile]) -> set[uuid.UUID]:
    return set(
        StoredFile.objects.filter(pk__in=[file.id for file in files], locked_at__isnull=False).values_list(
            "pk", flat=True
        )
    )


def _file(stored: ListedFile, locked: Collection[uuid.UUID]) -> FileRow:
    file_id = uuid.UUID(stored.id)
    return FileRow(
        file_id,
        stored.name,
        in_words(stored.size),
        stored.has_thumbnail,
        stored.created_at,
        stored.delete_at,
        file_id in locked,
    )


def _sealed(cursor: Cursor | None, of: str) -> str:
    """The cursor as text that only we can have made, and that is worthless outside its own listing."""
    if cursor is None:
        return ""
    key = cursor.key.isoformat() if isinstance(cursor.key, dt.datetime) else cursor.key
    kind = "t" if isinstance(cursor.key, dt.datetime) else ""
    return signing.dumps([of, cursor.part, kind, key, str(cursor.id or "")], salt=_SALT, compress=True)


def _opened(text: str, of: str) -> Cursor | None:
    """Raises Problem NOT_FOUND for text that isn't ours."""
    if not text:
        return None
    try:
        owner, part, kind, key, identifier = signing.loads(text, salt=_SALT)
    except signing.BadSignature as error:
        raise Problem(NOT_FOUND) from error
    if owner != of:
        raise Problem(NOT_FOUND)
    return Cursor(Part(part), dt.datetime.fromisoformat(key) if kind else key, parse_id(identifier))


ORDERS = (
    (Sort.NAME, "Name, A first"),
    (Sort.NAME_DOWN, "Name, Z first"),
    (Sort.CREATED_DOWN, "Newest first"),
    (Sort.CREATED, "Oldest first"),
    (Sort.SIZE_DOWN, "Largest first"),
    (Sort.SIZE, "Smallest first"),
)
