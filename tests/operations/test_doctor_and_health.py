"""`manage.py doctor` and `/readyz`: what is missing, in words."""

import io
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from admission import connection as redis_connection
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
