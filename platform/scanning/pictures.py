"""Giving a file its two small pictures: beside it, in the same app's prefix, never required for anything."""

import uuid

from kernel.object_keys import Area
from scanning.thumbnails import CONTENT_TYPE, Thumbnails, can_be_made_of, thumbnails_of
from storage.grants import object_tags
from storage.models import StoredFile
from storage.object_store import ObjectChangedError, ObjectStore
from tenancy.scoping import tenant_scope


def make_thumbnail(store: ObjectStore, tenant_id: uuid.UUID, file_id: uuid.UUID) -> bool:
    """Make both sizes of a file that is available; whether it has them now. A picture that gives none is fine.

    Idempotent. Raises Problem STORAGE_UNAVAILABLE.
    """
    stored = _file(tenant_id, file_id)
    if stored is None or not can_be_made_of(stored.content_type):
        return False
    if stored.has_thumbnail and stored.has_preview:
        return True
    made = _shrunk(store, stored)
    if made is None:
        return False
    for area, picture in ((Area.PREVIEWS, made.large), (Area.THUMBS, made.small)):
        store.put(stored.key(area), picture, CONTENT_TYPE, object_tags(stored), encryption_key=stored.encryption_key)
    return _mark(store, stored)


def _file(tenant_id: uuid.UUID, file_id: uuid.UUID) -> StoredFile | None:
    with tenant_scope(tenant_id):
        stored: StoredFile | None = StoredFile.objects.filter(pk=file_id).first()
    return stored


def _shrunk(store: ObjectStore, stored: StoredFile) -> Thumbnails | None:
    try:
        return thumbnails_of(store.read(stored.key(), stored.etag))
    except ObjectChangedError:
        return None


def _mark(store: ObjectStore, stored: StoredFile) -> bool:
    """Show it on the file; a file that was deleted meanwhile takes its thumbnail along."""
    with tenant_scope(stored.tenant_id):
        marked: int = StoredFile.objects.filter(pk=stored.pk).update(has_thumbnail=True, has_preview=True)
    if not marked:
        for area in (Area.THUMBS, Area.PREVIEWS):
            store.delete(stored.key(area))
    return bool(marked)
