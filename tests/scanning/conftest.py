"""A scanner, storage and a database whose transactions really end, for this folder's tests."""

import os
from collections.abc import Iterator

import pytest

from storage.object_store import ObjectStore, object_store, s3_client
from storage.provisioning import provision
from tenancy.models import MicroApp
from tests.scanning.scanners import OwnClamd
from tests.scanning.world import new_app


@pytest.fixture(scope="session")
def clamd_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if url := os.environ.get("CLAMD_URL"):
        yield url
        return
    own = OwnClamd(tmp_path_factory.mktemp("clamd"))
    own.start()
    yield own.url
    own.kill()


@pytest.fixture(scope="session")
def bucket() -> None:
    provision(s3_client())


@pytest.fixture
def store(bucket: None) -> ObjectStore:
    return object_store()


@pytest.fixture
def app(transactional_db: None) -> MicroApp:
    return new_app()
