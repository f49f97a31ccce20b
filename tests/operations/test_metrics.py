"""Metrics: for who holds the token, true to what happened, and with nobody's data in them."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.gateway.conftest import Person, bucket, person, transactional_db  # noqa: F401 - fixtures

TOKEN = "a token for the scraper"


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


def test_nobody_reads_them_without_the_token(settings: Any, transactional_db: None) -> None:  # noqa: F811
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


def test_they_name_the_queues_and_no_person(person: Person, scrape: Any) -> None:  # noqa: F811
    person.start()
    metrics = scrape()
    assert 'gatehouse_queue_depth{queue="scan"}' in metrics
    for secret in (str(person.app.id), str(person.user.pk), person.user.email, str(person.app.tenant_id)):
        assert secret not in metrics
