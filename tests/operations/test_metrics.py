"""Metrics: for who holds the token, true to what happened, and with nobody's data in them."""

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from admission.connection import connection as redis_connection
from admission.models import Level
from admission.revocations import revoke
from tests.faults.forgetting import forget_storage
from tests.gateway.conftest import PICTURE, Person, bucket, person, send  # noqa: F401 - fixtures

TOKEN = "a token for the scraper"
WISH = {"path": "cat.jpg", "size": len(PICTURE), "content_type": "image/jpeg"}


@pytest.fixture
def scrape(settings: Any) -> Any:
    settings.METRICS_TOKEN = TOKEN

    def read() -> str:
        answer = Client(headers={"Authorization": f"Bearer {TOKEN}"}).get("/metrics")
        assert answer.status_code == 200
        return answer.content.decode()

    return read


def value(metrics: str, name: str, **labels: str) -> float:
    wanted = {f'{label}="{text}"' for label, text in labels.items()}
    for line in metrics.splitlines():
        found = re.fullmatch(r"(\w+)\{(.*)\} (\S+)", line)
        if found and found[1] == name and wanted <= set(found[2].split(",")):
            return float(found[3])
    return 0.0


def test_nobody_reads_them_without_the_token(settings: Any, transactional_db: None) -> None:
    settings.METRICS_TOKEN = TOKEN
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}):
        assert Client(headers=headers).get("/metrics").status_code == 404
    settings.METRICS_TOKEN = ""
    assert Client(headers={"Authorization": "Bearer "}).get("/metrics").status_code == 404


def test_they_count_what_happened(person: Person, scrape: Any) -> None:  # noqa: F811
    before = scrape()
    assert person.start().status_code == 201
    assert person.start(size=10**12).status_code == 413
    after = scrape()

    def grew(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert grew("gatehouse_events_total", action="gateway:upload-url:signed") == 1
    assert grew("gatehouse_events_total", action="broker:token:issued") == 2
    assert grew("gatehouse_problems_total", operation="uploadStart", code="FILE_TOO_LARGE") == 1
    assert grew("gatehouse_request_seconds_count", operation="uploadStart", answer="2xx") == 1
    assert grew("gatehouse_request_seconds_count", operation="uploadStart", answer="4xx") == 1


def test_they_count_what_the_gate_said_and_at_which_layer(person: Person, scrape: Any) -> None:  # noqa: F811
    token, before = person.token(), scrape()
    assert person.call("get", "/files", token=token).status_code == 200
    items = [{"path": "A"}] * 100
    while person.call("post", "/folders/batch", {"items": items}, token).status_code != 429:
        pass
    with transaction.atomic():
        revoke(Level.APP, str(person.app.id), tenant_id=person.app.tenant_id, actor="user:test", reason="a test")
    assert person.call("get", "/files", token=token).status_code == 401
    after = scrape()
    for labels in ({"verdict": "admitted"}, {"verdict": "limited", "layer": "app"}, {"verdict": "revoked"}):
        assert value(after, "gatehouse_gate_total", **labels) > value(before, "gatehouse_gate_total", **labels)


def test_they_count_holds_from_their_beginning_to_their_end(person: Person, scrape: Any) -> None:  # noqa: F811
    before = scrape()
    first, second = (person.start(path=name).json() for name in ("a.jpg", "b.jpg"))
    assert send(first["upload"], PICTURE).status_code == 201
    assert person.call("post", f"/uploads/{first['id']}/complete", {}).status_code == 202
    assert person.call("post", f"/uploads/{second['id']}/abort", {}).status_code == 200
    after = scrape()
    steps = {"held": 2, "settled": 1, "released": 1}
    for step, count in steps.items():
        grown = value(after, "gatehouse_holds_total", step=step) - value(before, "gatehouse_holds_total", step=step)
        assert grown == count


def test_they_tell_when_the_gate_or_storage_failed(person: Person, scrape: Any, settings: Any) -> None:  # noqa: F811
    token, before = person.token(), scrape()
    started = person.call("post", "/uploads", WISH, token).json()
    working = settings.REDIS_URL
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    redis_connection.cache_clear()
    try:
        assert person.call("post", "/uploads", WISH, token).status_code == 503
        assert person.call("post", f"/uploads/{started['id']}/abort", {}, token).status_code == 200
    finally:
        settings.REDIS_URL = working
        redis_connection.cache_clear()
    settings.S3_ENDPOINT_URL = "http://127.0.0.1:1"
    forget_storage()
    try:
        again = person.call("post", "/uploads", WISH).json()
        assert person.call("post", f"/uploads/{again['id']}/complete", {}).status_code == 503
    finally:
        forget_storage()
    after = scrape()
    for name, labels in (
        ("gatehouse_gate_without_redis_total", {"mode": "closed"}),
        ("gatehouse_gate_without_redis_total", {"mode": "local"}),
        ("gatehouse_storage_failures_total", {"how": "silent"}),
        ("gatehouse_problems_total", {"code": "STORAGE_UNAVAILABLE", "operation": "uploadStart"}),
    ):
        assert value(after, name, **labels) > value(before, name, **labels)


def test_they_name_the_queues_and_no_person(person: Person, scrape: Any) -> None:  # noqa: F811
    person.start()
    metrics = scrape()
    assert 'gatehouse_queue_depth{queue="scan"}' in metrics
    for secret in (str(person.app.id), str(person.user.pk), person.user.email, str(person.app.tenant_id)):
        assert secret not in metrics
