"""Apps with files in real storage."""

import datetime as dt
from typing import Any

import pytest

from kernel import clock
from storage import transitions
from storage.grants import object_tags
from storage.models import StoredFile
from storage.object_store import ObjectStore, S3ObjectStore, object_store, s3_client
from storage.provisioning import provision
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.scanning.world import arrive, new_app


@pytest.fixture
def store(transactional_db: None) -> ObjectStore:
    provision(s3_client())
    return object_store()


@pytest.fixture
def locked_store(transactional_db: None, settings: Any) -> ObjectStore:
    """A store of a second bucket, with object lock and so with versions, in place of the tests' own."""
    settings.S3_BUCKET, settings.S3_OBJECT_LOCK = f"{settings.S3_BUCKET}-locked", True
    provision(s3_client())
    return S3ObjectStore(s3_client(), settings.S3_BUCKET)


@pytest.fixture
def app(transactional_db: None) -> MicroApp:
    return new_app()


@pytest.fixture
def later() -> dt.datetime:
    """When everything that stands now is old enough to be settled."""
    return clock.now() + dt.timedelta(hours=2)


def filed(app: MicroApp, store: ObjectStore, body: bytes = b"a picture", name: str = "cat.jpg") -> StoredFile:
    """A file that came in by the upload's own steps, without the scanners."""
    upload = arrive(app, store, body, name=name)
    with tenant_scope(app.tenant_id):
        transitions.begin_scan(upload.id, actor="user:test")
    etag = store.copy(upload.quarantine_key, upload.etag, upload.file_key, object_tags(upload), encryption_key="")
    store.delete(upload.quarantine_key)
    with tenant_scope(app.tenant_id):
        transitions.make_available(upload.id, etag=etag, actor="user:test")
        stored: StoredFile = StoredFile.objects.select_related("reservation").get(pk=upload.pk)
    return stored
