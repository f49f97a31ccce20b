"""The tests' database is made and migrated by the owner's role, and used by the application's."""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import environ
import pytest
from django.conf import settings
from django.db import connections
from django.test.utils import setup_databases, teardown_databases

from storage.object_store import s3_client
from storage.provisioning import provision


def pytest_configure(config: pytest.Config) -> None:
    """Each worker has a Redis and a bucket of its own, as it has a database.

    What one stops or clears up for everybody must not reach the others'. Django's test client makes all middleware
    anew each time, and the one for static files would look at every file: it took a third of the whole suite.
    """
    settings.WHITENOISE_AUTOREFRESH = True
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


def _become(role: dict[str, Any]) -> None:
    connections["default"].close()
    connections["default"].settings_dict.update(USER=role["USER"], PASSWORD=role["PASSWORD"])


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    owner = environ.Env.db_url_config(os.environ["MIGRATION_DATABASE_URL"])
    application = dict(connections["default"].settings_dict)
    with django_db_blocker.unblock():
        _become(owner)
        made = setup_databases(verbosity=0, interactive=False)
        _become(application)
    yield
    with django_db_blocker.unblock():
        _become(owner)
        teardown_databases(made, verbosity=0)
