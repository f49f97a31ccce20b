"""Finding, making and arranging folders by their cleaned paths. Must run in the tenant's scope."""

import uuid

from django.db import connection

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


def _segments(path: str) -> list[str]:
    return path.split("/") if path else []
