"""One page of a folder: folders first, then files, each by name, continued from the last name (keyset pages)."""

import enum
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, QuerySet

from storage.models import Folder, StoredFile
from tenancy.models import MicroApp

Row = TypeVar("Row", bound=Model)


class Part(enum.StrEnum):
    """Which half of a listing a cursor stands in."""

    FOLDERS = "d"
    FILES = "f"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last thing of a page; the next begins behind it."""

    part: Part
    name: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a folder, and where to go on."""

    folders: list[Folder]
    files: list[StoredFile]
    next: Cursor | None


def list_page(app: MicroApp, folder: Folder | None, cursor: Cursor | None, limit: int) -> Page:
    """The page after the cursor; costs as much as the page holds, however large the folder is."""
    in_files = cursor is not None and cursor.part == Part.FILES
    after = cursor.name if cursor else ""
    folders_here = Folder.objects.filter(app=app, parent=folder)
    files_here = StoredFile.objects.filter(app=app, folder=folder)
    subfolders: list[Folder] = [] if in_files else _after(folders_here, after, limit + 1)
    room = limit + 1 - len(subfolders)
    files: list[StoredFile] = _after(files_here, after if in_files else "", room) if room > 0 else []
    return _page(subfolders, files, limit)


def _after(rows: "QuerySet[Row]", name: str, count: int) -> list[Row]:
    ordered = rows.order_by("name")
    return list((ordered.filter(name__gt=name) if name else ordered)[:count])


def _page(subfolders: list[Folder], files: list[StoredFile], limit: int) -> Page:
    if len(subfolders) + len(files) <= limit:
        return Page(subfolders, files, None)
    kept_folders, kept_files = subfolders[:limit], files[: max(limit - len(subfolders), 0)]
    if kept_files:
        return Page(kept_folders, kept_files, Cursor(Part.FILES, kept_files[-1].name))
    return Page(kept_folders, kept_files, Cursor(Part.FOLDERS, kept_folders[-1].name))
