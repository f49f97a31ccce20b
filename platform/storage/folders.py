"""Finding and making folders by their cleaned paths."""

from kernel.errors import NOT_FOUND, Problem
from storage.models import Folder
from tenancy.models import MicroApp


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
    names: list[str] = []
    while folder is not None:
        names.insert(0, folder.name)
        folder = folder.parent
    return "/".join(names)


def _segments(path: str) -> list[str]:
    return path.split("/") if path else []
