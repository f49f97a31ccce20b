"""Pages of a folder and of the trash, continued behind the last thing of the page before (keyset pages).

Every page is one or two walks along an index, as long as the page is, however large the folder. The order names the
folder too, since PostgreSQL doesn't see that "is null" is one folder.
"""

import datetime as dt
import enum
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models.fields.tuple_lookups import TupleLessThan

from audit.reading import read
from audit.statements import Statement
from kernel.errors import NOT_FOUND, Problem
from storage.models import StoredFile
from storage.page_statement import Way, page_statement
from tenancy.models import MicroApp

_LAST_CHARACTER = "\U0010ffff"
_SURROGATES = range(0xD800, 0xE000)
_PLACE = "p"
_BY_NAME_ALONE = attrgetter("name")


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


class ListedFolder(NamedTuple):
    """A folder as listings show it."""

    id: str
    name: str
    created_at: dt.datetime


class ListedFile(NamedTuple):
    """A file as listings show it: `labels` as JSON, size in bytes."""

    id: str
    name: str
    created_at: dt.datetime
    size: int
    content_type: str
    labels: str
    delete_at: dt.datetime | None
    purge_at: dt.datetime | None
    locked_at: dt.datetime | None
    has_thumbnail: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a folder, and where to go on."""

    folders: list[ListedFolder]
    files: list[ListedFile]
    next: Cursor | None


BY_NAME = Wish()


def list_page(app: MicroApp, path: str, cursor: Cursor | None, limit: int, wish: Wish = BY_NAME) -> Page:
    """The page after the cursor, of the folder at a cleaned path; one round trip. Raises Problem NOT_FOUND."""
    rows = read(app.tenant_id, *page_question(app, path, cursor, limit + 1, wish))
    if path and not any(row[0] == _PLACE for row in rows):
        raise Problem(NOT_FOUND)
    subfolders = [ListedFolder(*row[1:4]) for row in rows if row[0] == Part.FOLDERS]
    files = [ListedFile(*row[1:]) for row in rows if row[0] == Part.FILES]
    subfolders.sort(key=_BY_NAME_ALONE, reverse=wish.sort == Sort.NAME_DOWN)
    files.sort(key=attrgetter(wish.sort.column, "id"), reverse=wish.sort.is_down)
    return _page(subfolders, files, wish.sort, limit)


def page_question(
    app: MicroApp, path: str, cursor: Cursor | None, count: int, wish: Wish
) -> tuple[Statement, dict[str, Any]]:
    """The statement that reads up to `count` things behind the cursor, and its parameters."""
    beginning, end = names_beginning(wish.prefix)
    way = Way(
        is_root=not path,
        column=wish.sort.column,
        is_down=wish.sort.is_down,
        has_beginning=bool(beginning),
        has_end=end is not None,
        continues_folders=cursor is not None and cursor.part == Part.FOLDERS,
        continues_files=cursor is not None and cursor.part == Part.FILES,
    )
    parameters = {"app": app.pk, "path": path.split("/"), "count": count, "beginning": beginning, "end": end}
    if cursor is not None:
        parameters |= {"key": cursor.key, "id": cursor.id}
    return page_statement(way), parameters


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


def names_beginning(prefix: str) -> tuple[str, str | None]:
    """Names that begin with these letters, as a range: from the first of them, and below the other where there is one.

    A range is what the index is in the order of.
    """
    end = prefix.rstrip(_LAST_CHARACTER)
    return prefix, end[:-1] + _after(end[-1]) if end else None


def _after(character: str) -> str:
    following = ord(character) + 1
    return chr(_SURROGATES.stop if following in _SURROGATES else following)


def _page(subfolders: list[ListedFolder], files: list[ListedFile], sort: Sort, limit: int) -> Page:
    if len(subfolders) + len(files) <= limit:
        return Page(subfolders, files, None)
    kept_folders, kept_files = subfolders[:limit], files[: max(limit - len(subfolders), 0)]
    if kept_files:
        last = kept_files[-1]
        return Page(kept_folders, kept_files, Cursor(Part.FILES, getattr(last, sort.column), uuid.UUID(last.id)))
    return Page(kept_folders, kept_files, Cursor(Part.FOLDERS, kept_folders[-1].name))
