"""One page of a folder: folders first, then files, each by name, continued from the last name (keyset pages)."""

import enum
from dataclasses import dataclass

from storage.models import Folder, StoredFile
from tenancy.models import MicroApp


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
    subfolders = [] if in_files else _after(Folder, {"app": app, "parent": folder}, after, limit + 1)
    room = limit + 1 - len(subfolders)
    files = _after(StoredFile, {"app": app, "folder": folder}, after if in_files else "", room) if room > 0 else []
    return _page(subfolders, files, limit)


def _after(model: type[Folder | StoredFile], place: dict[str, object], name: str, count: int) -> list[object]:
    rows = model.objects.filter(**place).order_by("name")
    return list((rows.filter(name__gt=name) if name else rows)[:count])


def _page(subfolders: list[Folder], files: list[StoredFile], limit: int) -> Page:
    if len(subfolders) + len(files) <= limit:
        return Page(subfolders, files, None)
    kept_folders, kept_files = subfolders[:limit], files[: max(limit - len(subfolders), 0)]
    if kept_files:
        return Page(kept_folders, kept_files, Cursor(Part.FILES, kept_files[-1].name))
    return Page(kept_folders, kept_files, Cursor(Part.FOLDERS, kept_folders[-1].name))
