"""Files that are pictures get a small one beside them."""

import io

from PIL import Image

from kernel.identifiers import new_id
from kernel.object_keys import Area
from scanning import pictures, pipeline
from scanning.engines.registry import engines
from storage.models import StoredFile, Upload
from storage.object_store import ObjectStore
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.media import heic
from tests.scanning import samples
from tests.scanning.world import arrive, file_of, new_app


def filed(
    app: MicroApp, store: ObjectStore, clamd_url: str, body: bytes, content_type: str = "image/jpeg"
) -> StoredFile:
    upload: Upload = arrive(app, store, body, content_type)
    pipeline.scan_upload(store, engines(clamd_url), app.tenant_id, upload.id)
    stored = file_of(upload)
    assert stored is not None
    return stored


def thumbnail(stored: StoredFile, store: ObjectStore, area: Area = Area.THUMBS) -> bytes | None:
    facts = store.head(stored.key(area))
    return b"".join(store.read(stored.key(area), facts.etag)) if facts else None


def has_thumbnail(stored: StoredFile) -> bool:
    with tenant_scope(stored.tenant_id):
        return bool(StoredFile.objects.get(pk=stored.pk).has_thumbnail)


def test_a_photo_gets_one_of_each_size(app: MicroApp, store: ObjectStore, clamd_url: str) -> None:
    stored = filed(app, store, clamd_url, samples.picture("JPEG", (1600, 800)))
    assert pictures.make_thumbnail(store, app.tenant_id, stored.id)
    assert has_thumbnail(stored)
    small = thumbnail(stored, store)
    assert small is not None
    assert Image.open(io.BytesIO(small)).size == (320, 160)
    large = thumbnail(stored, store, Area.PREVIEWS)
    assert large is not None
    assert Image.open(io.BytesIO(large)).size == (1280, 640)
    assert pictures.make_thumbnail(store, app.tenant_id, stored.id)


def test_a_phones_heic_photo_is_let_in_and_gets_both(app: MicroApp, store: ObjectStore, clamd_url: str) -> None:
    stored = filed(app, store, clamd_url, heic.SIDEWAYS, "image/heic")
    assert pictures.make_thumbnail(store, app.tenant_id, stored.id)
    assert thumbnail(stored, store)
    assert thumbnail(stored, store, Area.PREVIEWS)


def test_a_damaged_photo_gets_none_and_stays_a_file(app: MicroApp, store: ObjectStore, clamd_url: str) -> None:
    stored = filed(app, store, clamd_url, samples.UNDRAWABLE)
    assert not pictures.make_thumbnail(store, app.tenant_id, stored.id)
    assert not has_thumbnail(stored)
    assert thumbnail(stored, store) is None


def test_a_document_gets_none(app: MicroApp, store: ObjectStore, clamd_url: str) -> None:
    stored = filed(app, store, clamd_url, samples.PDF, "application/pdf")
    assert not pictures.make_thumbnail(store, app.tenant_id, stored.id)


def test_another_tenants_photo_is_not_there(app: MicroApp, store: ObjectStore, clamd_url: str) -> None:
    stored = filed(app, store, clamd_url, samples.picture("JPEG"))
    assert not pictures.make_thumbnail(store, new_app().tenant_id, stored.id)
    assert not pictures.make_thumbnail(store, app.tenant_id, new_id())
    assert not has_thumbnail(stored)


def test_the_thumbnail_of_a_file_that_was_deleted_meanwhile_goes_too(
    app: MicroApp, store: ObjectStore, clamd_url: str
) -> None:
    stored = filed(app, store, clamd_url, samples.picture("JPEG"))

    class Deleting:
        """Storage during whose `put` somebody deletes the file."""

        def __getattr__(self, name: str) -> object:
            return getattr(store, name)

        def put(self, *arguments: object, **options: object) -> str:
            etag = store.put(*arguments, **options)  # type: ignore[arg-type]
            with tenant_scope(app.tenant_id):
                StoredFile.objects.filter(pk=stored.pk).delete()
            return etag

    assert not pictures.make_thumbnail(Deleting(), app.tenant_id, stored.id)  # type: ignore[arg-type]
    assert thumbnail(stored, store) is None
    assert thumbnail(stored, store, Area.PREVIEWS) is None
