"""Finding, making and arranging folders by their cleaned paths. Must run in the tenant's scope."""

import uuid
from collections.abc import Iterable, Mapping

from django.db import connection
from django.db.models import Q

from kernel.errors import NOT_FOUND, Problem
from storage.models import Folder, StoredFile, Upload
from storage.states import IN_FLIGHT, UploadState
from tenancy.models import MicroApp

_SUBTREE = """
WITH RECURSIVE below AS (
  SELECT id, 1 AS level FROM storage_folder WHERE id = %s
  UNION ALL
  SELECT child.id, below.level + 1 FROM storage_folder child JOIN below ON child.parent_id = below.id
)
SELECT id, level FROM below
"""


def find(app: MicroApp, path: str) -> Folder | None:
    """The folder at a cleaned path (None is the root). Raises Problem NOT_FOUND."""
    folder: Folder | None = None
    for name in _segments(path):
        folder = Folder.objects.filter(app=app, parent=folder, name=name).first()
        if folder is None:
            raise Problem(NOT_FOUND)
    return folder


def ensure(app: MicroApp, path: str, created_by: str) -> tuple[Folder | None, bool]:
    """The folder at a cleaned path, with its parents, made where missing; and whether the last one was made now."""
    folder: Folder | None = None
    created = False
    for name in _segments(path):
        folder, created = Folder.objects.get_or_create(
            app=app, parent=folder, name=name, defaults={"tenant_id": app.tenant_id, "created_by": created_by}
        )
    return folder, created


def ensure_each(app: MicroApp, paths: Iterable[str], created_by: str) -> tuple[dict[str, Folder], set[str]]:
    """The folders at these cleaned paths by their paths, with those above them; and the paths of those made now.

    Three statements at most for each level, however many paths there are. Folders are made from the root down and in
    the order of their names, so that two callers wait for each other in no circle.
    """
    found: dict[str, Folder] = {}
    made: set[str] = set()
    deep = [_segments(path) for path in paths]
    for level in range(1, max(map(len, deep), default=0) + 1):
        wanted = sorted({"/".join(names[:level]) for names in deep if len(names) >= level})
        drafts = {path: _draft(app, found.get(_above(path)), _segments(path)[-1], created_by) for path in wanted}
        found |= _there(app, drafts)
        missing = {path: draft for path, draft in drafts.items() if path not in found}
        if missing:
            Folder.objects.bulk_create(missing.values(), ignore_conflicts=True)
            now_there = _there(app, missing)
            made |= {path for path, folder in now_there.items() if folder.pk == missing[path].pk}
            found |= now_there
    return found, made


def path_of(folder: Folder | None) -> str:
    """The folder's path from the app's root, which is the empty string."""
    return "/".join(step.name for step in reversed(_upwards(folder)))


def depth_of(folder: Folder | None) -> int:
    """How many levels below the root it stands."""
    return len(_upwards(folder))


def is_within(folder: Folder | None, above: Folder) -> bool:
    """Whether it is the other folder or stands below it."""
    return above in _upwards(folder)


def subtree(folder: Folder) -> dict[uuid.UUID, int]:
    """The folder and everything below it, with the level of each, its own being 1."""
    with connection.cursor() as cursor:
        cursor.execute(_SUBTREE, [folder.pk])
        return dict(cursor.fetchall())


def lock_tree(app_id: uuid.UUID) -> None:
    """Let one transaction at a time move or delete an app's folders: two at once could make a circle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"tree:{app_id}"])


def is_empty(folder: Folder) -> bool:
    """Whether nothing is in it or on its way into it, the trash aside."""
    on_its_way = Upload.objects.filter(folder=folder, state__in=[*IN_FLIGHT, UploadState.HELD])
    files = StoredFile.objects.filter(folder=folder, trashed_at=None)
    return not (Folder.objects.filter(parent=folder).exists() or files.exists() or on_its_way.exists())


def remove(folder: Folder) -> None:
    """Delete an empty folder; what lies in the trash, and the memory of uploads, goes to the folder above."""
    Upload.objects.filter(folder=folder).update(folder=folder.parent)
    StoredFile.objects.filter(folder=folder).exclude(trashed_at=None).update(folder=folder.parent)
    folder.delete()


def _upwards(folder: Folder | None) -> list[Folder]:
    steps: list[Folder] = []
    while folder is not None:
        steps.append(folder)
        folder = folder.parent
    return steps


def _draft(app: MicroApp, parent: Folder | None, name: str, created_by: str) -> Folder:
    return Folder(tenant_id=app.tenant_id, app=app, parent=parent, name=name, created_by=created_by)


def _there(app: MicroApp, drafts: Mapping[str, Folder]) -> dict[str, Folder]:
    """Those of the drafts' places at which there is a folder, by path."""
    places = {(draft.parent_id, draft.name): path for path, draft in drafts.items()}
    which = Q(pk__in=[])
    for parent_id, name in places:
        which |= Q(parent_id=parent_id, name=name)
    return {places[folder.parent_id, folder.name]: folder for folder in Folder.objects.filter(which, app=app)}


def _above(path: str) -> str:
    return path.rpartition("/")[0]


def _segments(path: str) -> list[str]:
    return path.split("/") if path else []
