"""A scanner, storage and a database whose transactions really end, for this folder's tests."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

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


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Commits stay, as for a worker. Each test has a tenant of its own, so nothing needs to be undone.

    In place of pytest-django's, which truncates: the audit record refuses that.
    """
    with django_db_blocker.unblock():
        yield
        connections.close_all()


@pytest.fixture(scope="session")
def bucket() -> None:
    provision(s3_client())


@pytest.fixture
def store(bucket: None) -> ObjectStore:
    return object_store()


@pytest.fixture
def app(transactional_db: None) -> MicroApp:
    return new_app()
