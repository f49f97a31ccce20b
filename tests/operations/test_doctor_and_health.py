"""`manage.py doctor` and `/readyz`: what is missing, in words."""

import io
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from admission import connection as redis_connection
from embedded import parts
from operations import health
from storage.object_store import s3_client
from storage.provisioning import provision

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bucket() -> None:
    provision(s3_client())


def test_ready_when_every_part_answers() -> None:
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)


def test_not_ready_without_redis_and_it_says_so(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    redis_connection.connection.cache_clear()
    answer = Client().get("/readyz")
    redis_connection.connection.cache_clear()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer.json()["parts"]["Redis"] == "does not answer"


def test_the_doctor_names_the_missing_scanner_and_what_to_do(settings: Any) -> None:
    settings.CLAMD_URL = ""
    said = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", stdout=said)
    assert "✗ Virus scanner: is not set" in said.getvalue()
    assert "Set CLAMD_URL" in said.getvalue()
    assert "✓ PostgreSQL" in said.getvalue()


def test_storage_that_refuses_the_credential_is_told_apart_from_one_that_is_silent(settings: Any) -> None:
    settings.S3_SECRET_ACCESS_KEY = "wrong"
    assert "refuses" in health.storage().words
    settings.S3_ENDPOINT_URL = "http://127.0.0.1:1"
    assert health.storage().words == "does not answer"


def test_storage_that_hangs_is_told_before_a_load_balancer_gives_up(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.S3_ENDPOINT_URL = f"http://127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        assert health.storage().words == "does not answer"
        assert time.monotonic() - began < 2.5


@pytest.fixture
def own_redis(tmp_path: Path, settings: Any) -> Iterator[Any]:
    with parts.valkey(tmp_path) as valkey:
        settings.REDIS_URL = valkey.url
        redis_connection.connection.cache_clear()
        yield redis_connection.connection()
    redis_connection.connection.cache_clear()


def test_a_redis_that_forgets_is_told_of_with_what_to_set(own_redis: Any) -> None:
    assert health.redis_memory().is_well
    own_redis.config_set("maxmemory-policy", "allkeys-lru")
    state = health.redis_memory()
    assert (state.is_well, state.words) == (
        False, "maxmemory-policy is allkeys-lru: a full server forgets stops and rates",
    )  # fmt: skip
    assert "noeviction" in state.advice
    said = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", stdout=said)
    assert "✗ Redis memory: maxmemory-policy is allkeys-lru" in said.getvalue()


def test_a_redis_that_is_nearly_full_is_told_of_too(own_redis: Any) -> None:
    used = int(own_redis.info("memory")["used_memory"])
    own_redis.config_set("maxmemory", used + used // 50)
    state = health.redis_memory()
    assert not state.is_well
    assert "% full" in state.words
    own_redis.config_set("maxmemory", used * 10)
    assert "nothing is evicted, 1" in health.redis_memory().words
