"""Files that are there without having been uploaded: rows with their reservations, and bytes where they are needed."""

import datetime as dt
from typing import Any

from kernel import clock
from kernel.identifiers import new_id
from quotas import reservations
from storage.folders import ensure
from storage.models import StoredFile
from storage.object_store import object_store
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import PICTURE, Person

TAGS = {"kind": "photo"}


def put(person: Person, path: str, body: bytes = PICTURE, *, with_bytes: bool = False, **facts: Any) -> str:
    """The id of a new file."""
    folder_path, _, name = path.rpartition("/")
    with tenant_scope(person.app.tenant_id):
        folder, _ = ensure(person.app, folder_path, "user:test")
        held = reservations.reserve(person.app, len(body))
        reservations.settle(held, len(body))
        stored = StoredFile.objects.create(
            **{
                "id": new_id(), "tenant_id": person.app.tenant_id, "app": person.app, "folder": folder, "name": name,
                "size": len(body), "content_type": "image/jpeg", "labels": TAGS, "reservation": held, "etag": "none",
                "created_by": "user:test", **facts,
            }
        )  # fmt: skip
        if with_bytes:
            object_store().put(stored.key(), body, "image/jpeg", TAGS, encryption_key="")
            facts_of = object_store().head(stored.key())
            assert facts_of is not None
            StoredFile.objects.filter(pk=stored.pk).update(etag=facts_of.etag)
    return str(stored.pk)


def row(person: Person, file_id: str) -> StoredFile:
    """The file as it is now."""
    with tenant_scope(person.app.tenant_id):
        stored: StoredFile = StoredFile.objects.select_related("folder", "reservation").get(pk=file_id)
        return stored


def names(person: Person, folder: str = "") -> list[str]:
    """What the listing shows of a folder's files."""
    return [file["name"] for file in person.call("get", f"/files?folder={folder}&limit=200").json()["files"]]


def days(count: float) -> dt.datetime:
    """So many days from now."""
    return clock.now() + dt.timedelta(days=count)
