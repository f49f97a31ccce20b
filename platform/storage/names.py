"""Free names in a folder, and which are taken. Must run in the tenant's scope."""

import uuid
from collections.abc import Callable
from pathlib import PurePosixPath

from django.db import connection

from storage.models import Folder, StoredFile

MAX_CHARACTERS = 255


def lock(app_id: uuid.UUID, folder_id: uuid.UUID | None) -> None:
    """Let one transaction at a time choose names in a folder; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"names:{app_id}:{folder_id}"])


def is_taken(app_id: uuid.UUID, folder_id: uuid.UUID | None, name: str) -> bool:
    """Whether a file that isn't in the trash has this name in the folder."""
    here = StoredFile.objects.filter(app_id=app_id, folder_id=folder_id, name=name, trashed_at=None)
    return bool(here.exists())


def free(app_id: uuid.UUID, folder_id: uuid.UUID | None, name: str) -> str:
    """The name, or the next like it that no file has: `IMG_1 (2).jpg`. The folder's names must be locked."""
    return next_free(name, lambda candidate: is_taken(app_id, folder_id, candidate))


def free_folder(app_id: uuid.UUID, parent_id: uuid.UUID | None, name: str) -> str:
    """The same for a folder among its siblings."""
    siblings = Folder.objects.filter(app_id=app_id, parent_id=parent_id)
    return next_free(name, lambda candidate: bool(siblings.filter(name=candidate).exists()))


def next_free(name: str, taken: Callable[[str], bool]) -> str:
    """The first of `name`, `name (2)`, `name (4)`, `name (8)`… that is free, or a lower one that is found on the way.

    Asks as often as the number has binary digits, twice: a folder of ten thousand `image.jpg` costs thirty questions.
    """
    if not taken(name):
        return name
    low, high = 1, 2
    while taken(numbered(name, high)):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if taken(numbered(name, middle)) else (low, middle)
    return numbered(name, high)


def numbered(name: str, number: int) -> str:
    """`cat (2).jpg`, cut where it would be too long."""
    suffix = PurePosixPath(name).suffix[:20]
    ending = f" ({number}){suffix}"
    return name.removesuffix(suffix)[: MAX_CHARACTERS - len(ending)] + ending
