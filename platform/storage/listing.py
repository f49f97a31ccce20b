"""Pages of a folder and of the trash, continued behind the last thing of the page before (keyset pages).

Every page is one or two walks along an index, as long as the page is, however large the folder. The order names the
folder too, since PostgreSQL doesn't see that "is null" is one folder.
"""

import datetime as dt
import enum
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan

from storage.models import Folder, StoredFile
from tenancy.models import MicroApp

_LAST_CHARACTER = "\U0010ffff"
_SURROGATES = range(0xD800, 0xE000)


class Sort(enum.StrEnum):
    """The orders of a listing; folders are always first, by name."""

    NAME = "name"
    NAME_DOWN = "-name"
    CREATED = "created"
    CREATED_DOWN = "-created"
    SIZE = "size"
    SIZE_DOWN = "-size"

    @property
    def is_down(self) -> bool:
        """Whether it begins with the last."""
        return self.startswith("-")

    @property
    def column(self) -> str:
        """What it sorts by."""
        column = self.removeprefix("-")
        return "created_at" if column == "created" else column


class Part(enum.StrEnum):
    """Which half of a listing a cursor stands in."""

    FOLDERS = "d"
    FILES = "f"


Key = str | int | dt.datetime
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last thing of a page: what it was sorted by, and its id where that alone may be another's too."""

    part: Part
    key: Key
    id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """In which order, and what names begin with; a prefix is searched in the orders by name alone."""

    sort: Sort = Sort.NAME
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a folder, and where to go on."""

    folders: list[Folder]
    files: list[StoredFile]
    next: Cursor | None


BY_NAME = Wish()


def list_page(app: MicroApp, folder: Folder | None, cursor: Cursor | None, limit: int, wish: Wish = BY_NAME) -> Page:
    """The page after the cursor."""
    in_files = cursor is not None and cursor.part == Part.FILES
    subfolders = [] if in_files else list(_folders(app, folder, wish, cursor)[: limit + 1])
    room = limit + 1 - len(subfolders)
    files = list(_files(app, folder, wish, cursor if in_files else None)[:room]) if room > 0 else []
    return _page(subfolders, files, wish.sort, limit)


def trash_page(
    app: MicroApp, within: Collection[uuid.UUID] | None, cursor: Cursor | None, limit: int
) -> tuple[list[StoredFile], Cursor | None]:
    """The app's trash, what was deleted last first, of these folders alone unless None; and where to go on."""
    trashed = StoredFile.objects.filter(app=app, trashed_at__isnull=False).select_related("folder")
    if within is not None:
        trashed = trashed.filter(folder_id__in=within)
    if cursor is not None:
        trashed = trashed.filter(TupleLessThan(("trashed_at", "id"), (cursor.key, cursor.id)))
    files = list(trashed.order_by("-trashed_at", "-id")[: limit + 1])
    if len(files) <= limit:
        return files, None
    last = files[limit - 1]
    return files[:limit], Cursor(Part.FILES, last.trashed_at or last.created_at, last.id)


def _folders(app: MicroApp, folder: Folder | None, wish: Wish, cursor: Cursor | None) -> "QuerySet[Folder]":
    rows = Folder.objects.filter(_beginning(wish.prefix), app=app, parent=folder)
    down = wish.sort == Sort.NAME_DOWN
    if cursor is not None:
        rows = rows.filter(**{"name__lt" if down else "name__gt": cursor.key})
    return _ordered(rows, ("parent_id", "name"), down)


def _files(app: MicroApp, folder: Folder | None, wish: Wish, cursor: Cursor | None) -> "QuerySet[StoredFile]":
    rows = StoredFile.objects.filter(_beginning(wish.prefix), app=app, folder=folder, trashed_at=None)
    down, column = wish.sort.is_down, wish.sort.column
    keys = ("name",) if column == "name" else (column, "id")
    if cursor is not None:
        rows = rows.filter(_behind(keys, cursor, down))
    return _ordered(rows, ("folder_id", *keys), down)


def _behind(keys: tuple[str, ...], cursor: Cursor, down: bool) -> Q | TupleLessThan | TupleGreaterThan:
    if len(keys) == 1:
        return Q(**{f"{keys[0]}__{'lt' if down else 'gt'}": cursor.key})
    return (TupleLessThan if down else TupleGreaterThan)(keys, (cursor.key, cursor.id))


def _ordered(rows: "QuerySet[Row]", keys: tuple[str, ...], down: bool) -> "QuerySet[Row]":
    return rows.order_by(*(f"-{key}" if down else key for key in keys))


def _beginning(prefix: str) -> Q:
    """Names that begin with these letters, as a range: what the index is in the order of."""
    if not prefix:
        return Q()
    end = prefix.rstrip(_LAST_CHARACTER)
    return Q(name__gte=prefix, name__lt=end[:-1] + _after(end[-1])) if end else Q(name__gte=prefix)


def _after(character: str) -> str:
    following = ord(character) + 1
    return chr(_SURROGATES.stop if following in _SURROGATES else following)


def _page(subfolders: list[Folder], files: list[StoredFile], sort: Sort, limit: int) -> Page:
    if len(subfolders) + len(files) <= limit:
        return Page(subfolders, files, None)
    kept_folders, kept_files = subfolders[:limit], files[: max(limit - len(subfolders), 0)]
    if kept_files:
        last = kept_files[-1]
        return Page(kept_folders, kept_files, Cursor(Part.FILES, getattr(last, sort.column), last.id))
    return Page(kept_folders, kept_files, Cursor(Part.FOLDERS, kept_folders[-1].name))
