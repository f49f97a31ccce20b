"""Every answer says how much room is left, and a refusal when it will succeed."""

import re
from typing import Any

import pytest
from django.test import Client

from admission.connection import connection
from admission.limits import Layer
from tests.gateway.conftest import Person


def test_an_answer_names_every_layer_and_the_tightest_one(person: Person) -> None:
    answer = person.call("get", "/files")
    limit, remaining = int(answer["X-RateLimit-Limit"]), int(answer["X-RateLimit-Remaining"])
    assert 0 <= remaining < limit
    assert int(answer["X-RateLimit-Reset"]) >= 0
    named = re.findall(r'"([a-z]+)";q=(\d+);w=(\d+)', answer["RateLimit-Policy"])
    rooms = re.findall(r'"([a-z]+)";r=(\d+);t=(\d+)', answer["RateLimit"])
    assert [name for name, *_ in named] == [name for name, *_ in rooms]
    assert {name for name, *_ in named} <= {str(layer) for layer in Layer}
    assert any(int(quota) == limit for _name, quota, _window in named)


def test_reading_and_writing_have_rooms_of_their_own(person: Person) -> None:
    token = person.token()
    first = person.call("get", "/files", token=token)
    person.call("post", "/folders", {"path": "a"}, token)
    second = person.call("get", "/files", token=token)
    assert int(first["X-RateLimit-Remaining"]) - int(second["X-RateLimit-Remaining"]) <= 1


def test_a_refused_request_says_so_too(person: Person) -> None:
    refused = person.start(size=10**12)
    assert refused.status_code == 413
    assert int(refused["X-RateLimit-Limit"]) > 0


def test_a_batch_costs_what_its_items_cost(person: Person) -> None:
    token = person.token()
    one = person.call("post", "/folders", {"path": "a"}, token)
    many = person.call("post", "/folders/batch", {"items": [{"path": f"f{number}"} for number in range(20)]}, token)
    assert many.status_code == 200
    assert int(one["X-RateLimit-Remaining"]) - int(many["X-RateLimit-Remaining"]) >= 19


def test_a_batch_beyond_the_room_is_refused_whole_and_then_succeeds(person: Person) -> None:
    token, done, refused = person.token(), 0, None
    while refused is None:
        items = [{"path": f"f{done + number}"} for number in range(100)]
        answer = person.call("post", "/folders/batch", {"items": items}, token)
        if answer.status_code == 429:
            refused = answer
        done += 100 if refused is None else 0
    assert int(refused["Retry-After"]) >= 1
    assert refused.json()["retryable"] is True
    listed = person.call("get", "/files?limit=1", token=token)
    assert listed.status_code == 200


@pytest.mark.parametrize(
    ("status", "method", "path", "headers"),
    [
        (401, "get", "/api/v1/files", {}),
        (401, "post", "/api/v1/uploads", {"Authorization": "Bearer made-up"}),
        (422, "post", "/api/v1/request-upload", {}),
        (404, "get", "/api/v1/nowhere", {}),
    ],
)
def test_who_is_nobody_or_asks_for_nothing_is_told_the_platforms_room(
    person: Person, status: int, method: str, path: str, headers: dict[str, str]
) -> None:
    body: dict[str, Any] = {} if method == "get" else {"data": b"{}", "content_type": "application/json"}
    answer = getattr(Client(headers=headers), method)(path, **body)
    assert answer.status_code == status
    assert 0 < int(answer["X-RateLimit-Remaining"]) <= int(answer["X-RateLimit-Limit"])
    assert answer["RateLimit-Policy"].startswith('"platform";q=')


@pytest.mark.parametrize(
    ("status", "method", "path", "content"),
    [
        (404, "get", "/files/0190a2b4-0000-7000-8000-000000000001", None),
        (422, "post", "/uploads", {"path": "a.jpg"}),
        (422, "post", "/folders/batch", {"items": []}),
        (415, "post", "/uploads", {"path": "a.exe", "size": 5, "content_type": "application/x-msdownload"}),
    ],
)
def test_whoever_was_let_in_and_then_refused_is_told_their_own_room(
    person: Person, status: int, method: str, path: str, content: Any
) -> None:
    answer = person.call(method, path, content)
    assert answer.status_code == status
    assert '"token";r=' in answer["RateLimit"]


def test_while_the_gate_is_silent_there_is_no_room_until_one_may_come_again(person: Person, settings: Any) -> None:
    token = person.token()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    connection.cache_clear()
    try:
        answer = person.call("get", "/files", token=token)
    finally:
        connection.cache_clear()
    assert (answer.status_code, answer["X-RateLimit-Remaining"]) == (503, "0")
    assert answer["X-RateLimit-Reset"] == answer["Retry-After"]
