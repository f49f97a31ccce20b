"""A part stops under the gateway: a clear 503 with Retry-After, nothing half-done, recovery without a restart."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import environ
import pytest
from django.core import signals
from django.db import connection
from django.test import Client

from admission import connection as redis_connection
from embedded import parts
from embedded.management import manage
from embedded.provisioning import APPLICATION, OWNER
from storage import object_store as stores
from storage.provisioning import provision
from tests.faults.forgetting import forget_storage
from tests.gateway.conftest import PICTURE, Person, bucket, new_person, send

__all__ = ["bucket"]


@pytest.fixture
def person(transactional_db: None, bucket: None) -> Person:
    return new_person()


@pytest.fixture
def own_valkey(tmp_path: Path, settings: Any) -> Iterator[Any]:
    with parts.valkey(tmp_path) as valkey:
        settings.REDIS_URL = valkey.url
        forget()
        yield valkey
    forget()


def forget() -> None:
    redis_connection.connection.cache_clear()


def refused_for_now(answer: Any) -> bool:
    problem = answer.json()
    return (
        answer.status_code == 503
        and problem["code"] == "STORAGE_UNAVAILABLE"
        and problem["retryable"]
        and int(answer["Retry-After"]) > 0
    )


def test_without_valkey_no_upload_starts_and_none_is_held(person: Person, own_valkey: Any) -> None:
    token = person.token()
    wish = {"path": "cat.jpg", "size": len(PICTURE), "content_type": "image/jpeg"}
    assert person.call("post", "/uploads", wish, token).status_code == 201
    held = person.held()
    own_valkey.kill()
    assert refused_for_now(person.call("post", "/uploads", wish, token))
    assert person.held() == held
    own_valkey.boot()
    assert person.call("post", "/uploads", wish, token).status_code == 201


@pytest.fixture
def own_storage(tmp_path: Path, settings: Any, transactional_db: None) -> Iterator[Any]:
    with parts.seaweedfs(tmp_path) as storage:
        settings.S3_ENDPOINT_URL = settings.S3_PUBLIC_ENDPOINT_URL = storage.url
        settings.S3_ACCESS_KEY_ID = storage.access_key_id
        settings.S3_SECRET_ACCESS_KEY = storage.secret_access_key
        forget_storage()
        provision(stores.s3_client())
        yield storage
    forget_storage()


def test_without_storage_a_completion_waits_and_then_succeeds(person: Person, own_storage: Any) -> None:
    started = person.start().json()
    assert send(started["upload"], PICTURE).status_code == 201
    own_storage.stop()
    assert refused_for_now(person.call("post", f"/uploads/{started['id']}/complete", {}))
    own_storage.boot()
    completed = person.call("post", f"/uploads/{started['id']}/complete", {})
    assert (completed.status_code, completed.json()["state"]) == (202, "received")


@pytest.fixture
def own_postgres(tmp_path: Path, django_db_setup: None, django_db_blocker: Any, bucket: None) -> Iterator[Any]:
    with parts.postgres(tmp_path) as postgres, django_db_blocker.unblock():
        urls = {role: postgres.url_for(role) for role in (APPLICATION, OWNER)}
        environment = {**os.environ, "DATABASE_URL": urls[APPLICATION], "MIGRATION_DATABASE_URL": urls[OWNER]}
        manage(environment, ["migrate", "--verbosity=0"])
        before = dict(connection.settings_dict)
        point_at(environ.Env.db_url_config(urls[APPLICATION]))
        yield postgres
        point_at(before)


def point_at(database: dict[str, Any]) -> None:
    connection.close()
    connection.settings_dict.update({name: database[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})


def test_without_postgresql_everything_waits_and_goes_on_by_itself(own_postgres: Any) -> None:
    person = new_person()
    token = person.token()
    wish = {"path": "cat.jpg", "size": len(PICTURE), "content_type": "image/jpeg"}
    assert person.call("post", "/uploads", wish, token).status_code == 201
    own_postgres.kill()
    assert refused_for_now(person.call("post", "/uploads", wish, token))
    assert refused_for_now(person.call("get", "/files", token=token))
    page = Client(raise_request_exception=False).get("/templates/")
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    own_postgres.boot()
    signals.request_started.send(sender=None)
    assert person.call("post", "/uploads", wish, token).status_code == 201
