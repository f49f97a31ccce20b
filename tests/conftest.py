"""The tests' database is made and migrated by the owner's role, and used by the application's."""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import close_old_connections, connections
from django.test.utils import setup_databases, teardown_databases

from storage.object_store import s3_client
from storage.provisioning import provision
from tests.databases import MIGRATED, as_owner, own_database


def pytest_configure(config: pytest.Config) -> None:
    """Each worker has a Redis and a bucket of its own, as it has a database.

    What one stops or clears up for everybody must not reach the others'. Django's test client makes all middleware
    anew each time, and the one for static files would look at every file: it took a third of the whole suite. Nor does
    anybody guess at the passwords of people who are gone after a test: they are hashed in the quickest way.
    """
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        url = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{int(worker[2:]) + 1}").geturl()
        os.environ["REDIS_URL"] = settings.REDIS_URL = url
        os.environ["S3_BUCKET"] = settings.S3_BUCKET = f"{settings.S3_BUCKET}-{worker}"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys last, in their random order: where Playwright's loop runs, Django asks no database.

    Of these the walk through a known world comes first: it compares languages, and what others type is in none.
    """
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[bool, bool]:
    fixtures = getattr(item, "fixturenames", ())
    is_journey = "chromium" in fixtures
    return is_journey, is_journey and "world" not in fixtures


@pytest.fixture(scope="session", autouse=True)
def own_bucket() -> None:
    """Made before anything looks for it."""
    provision(s3_client())


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    connections["default"].settings_dict["TEST"]["TEMPLATE"] = MIGRATED
    with django_db_blocker.unblock():
        with as_owner():
            made = setup_databases(verbosity=0, interactive=False)
        yield
        with as_owner():
            teardown_databases(made, verbosity=0)


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Commits stay, as for a worker: each test has a tenant of its own, and the record refuses to be truncated.

    In place of pytest-django's, which truncates. The connection stays as well, if it still serves: a new one would
    have to learn the whole schema again.
    """
    with django_db_blocker.unblock():
        yield
        close_old_connections()


@pytest.fixture
def alone(transactional_db: None) -> Iterator[None]:
    """In a database of its own: for a round over everything there is, which would take up what other tests left."""
    with own_database():
        yield
