"""Requests in the wrong shape or out of their order: media types, methods, ids, batches beyond all measure."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from kernel.object_keys import ObjectKey
from storage.object_store import object_store
from tests.gateway.conftest import PICTURE, Person, new_person, send
from tests.gateway.test_bad_input import GOOD, is_told, post, state_of

NOWHERE = "01a20b8a-5d07-71e2-83f6-66984b14f656"
BATCHES = ["/uploads/batch", "/folders/batch", "/uploads/batch/complete", "/files/batch/signed-url"]


@pytest.fixture(scope="module")
def victim(django_db_setup: None, django_db_blocker: Any, bucket: None) -> Iterator[tuple[Person, str]]:
    with django_db_blocker.unblock():
        person = new_person()
        yield person, person.token()
        connections.close_all()


@pytest.mark.parametrize(
    "media",
    [
        "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "", "json", "*/*",
        "application/json; charset=utf-16",
    ],
)  # fmt: skip
def test_another_media_type_of_the_request_is_refused_or_read_as_json(victim: tuple[Person, str], media: str) -> None:
    answer = post(victim, "/uploads", json.dumps({**GOOD, "size": -1}).encode(), media)
    assert is_told(answer, 422, "VALIDATION")


@pytest.mark.parametrize("items", [10_000, 101])
@pytest.mark.parametrize(
    "path", ["/uploads/batch", "/folders/batch", "/uploads/batch/complete", "/files/batch/signed-url"]
)
def test_a_batch_of_more_than_a_hundred_is_refused_before_any_is_done(
    victim: tuple[Person, str], path: str, items: int
) -> None:
    before = state_of(victim[0])
    answer = post(victim, path, {"items": [{"path": "a"}] * items})
    assert is_told(answer, 422, "VALIDATION")
    assert state_of(victim[0]) == before


@pytest.mark.parametrize(
    "body", [{"items": []}, {"items": {}}, {"items": None}, {}, {"items": "x"}, {"items": [1], "more": 1}]
)
def test_a_batch_that_is_none(victim: tuple[Person, str], body: Any) -> None:
    assert is_told(post(victim, "/uploads/batch", body), 422, "VALIDATION")


def test_in_a_batch_each_bad_item_is_told_its_own_problem_and_the_good_one_is_done(victim: tuple[Person, str]) -> None:
    items = [
        None,
        1,
        [],
        {},
        {**GOOD, "size": -1},
        {**GOOD, "path": "../x"},
        {**GOOD, "content_type": "text/html"},
        GOOD,
    ]
    answer = post(victim, "/uploads/batch", {"items": items})
    results = answer.json()["results"]
    assert [each["status"] for each in results] == [422, 422, 422, 422, 422, 422, 415, 201]
    assert all(each["problem"]["user_message"] for each in results[:-1])


def test_a_field_that_stands_twice_among_many_is_found_at_once(victim: tuple[Person, str]) -> None:
    many = ",".join(f'"{number:x}":1' for number in range(50_000))
    begun = time.process_time()
    answer = post(victim, "/folders/batch", f'{{{many},"c34f":1}}'.encode())
    assert is_told(answer, 422, "VALIDATION")
    assert "twice" in answer.json()["detail"]
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "/uploads"), ("put", "/uploads"), ("delete", "/uploads"), ("patch", "/folders"), ("get", "/uploads/batch"),
     ("put", f"/files/{NOWHERE}"), ("delete", "/files"), ("trace", "/files")],
)  # fmt: skip
def test_another_method_is_named_in_the_refusal(victim: tuple[Person, str], method: str, path: str) -> None:
    client = Client(headers={"Authorization": f"Bearer {victim[1]}"})
    answer = getattr(client, method)(f"/api/v1{path}")
    assert is_told(answer, 405, "METHOD_NOT_ALLOWED")
    assert method.upper() in answer.json()["user_message"]


@pytest.mark.parametrize("upload_id", [NOWHERE, "0", "not-an-id", "%00", "..", "a/b", "x" * 3000, "🎉"])
@pytest.mark.parametrize("verb", ["", "/complete", "/abort", "/parts"])
def test_an_upload_that_is_not_there(victim: tuple[Person, str], upload_id: str, verb: str) -> None:
    client = Client(headers={"Authorization": f"Bearer {victim[1]}"})
    address = f"/api/v1/uploads/{upload_id}{verb}"
    body = {"data": json.dumps({"numbers": [1]} if verb == "/parts" else {}), "content_type": "application/json"}
    answer = client.post(address, **body) if verb else client.get(address)
    assert is_told(answer, 404, "NOT_FOUND")


@pytest.mark.parametrize(
    "value", ["Bearer", "Bearer ", "Basic abc", "bearer  x y", "Bearer " + "a" * 9000, "Bearer ü", "x"]
)
def test_an_authorization_that_is_none(victim: tuple[Person, str], value: str) -> None:
    answer = Client(headers={"Authorization": value}).get("/api/v1/files")
    assert answer.status_code == 401
    assert is_told(answer, 401, answer.json()["code"])


@pytest.mark.parametrize("key", ["", " ", '"', '"unclosed', "x" * 256, "a, b", "ü", "a\x7fb", '"a\\b"'])
def test_an_idempotency_key_that_is_none(victim: tuple[Person, str], key: str) -> None:
    before = state_of(victim[0])
    answer = post(victim, "/uploads", GOOD, **{"Idempotency-Key": key})
    assert is_told(answer, 422, "VALIDATION")
    assert state_of(victim[0]) == before


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=-1", "limit=201", "limit=x", "limit=1e2", "limit=" + "9" * 400, "sort=colour", "cursor=x",
        "cursor=%00", "folder=..", "folder=%FF",
    ],
)  # fmt: skip
def test_a_listing_asked_for_in_nonsense(victim: tuple[Person, str], query: str) -> None:
    answer = Client(headers={"Authorization": f"Bearer {victim[1]}"}).get(f"/api/v1/files?{query}")
    assert answer.status_code in {404, 422}, answer.json()
    assert is_told(answer, answer.status_code, answer.json()["code"])


def test_a_completion_before_the_upload_says_that_nothing_arrived_and_may_be_repeated(person: Person) -> None:
    started = person.start().json()
    early = person.call("post", f"/uploads/{started['id']}/complete", {})
    assert is_told(early, 409, "UPLOAD_NOT_RECEIVED")
    assert early.json()["retryable"] is True
    assert int(early["Retry-After"]) >= 1
    assert person.held() == (len(PICTURE), 0)
    send(started["upload"], PICTURE)
    assert [person.call("post", f"/uploads/{started['id']}/complete", {}).status_code for _ in range(2)] == [202, 202]
    assert person.held() == (0, len(PICTURE))


def test_after_an_abort_nothing_is_completed_and_nothing_stays(person: Person) -> None:
    started = person.start().json()
    send(started["upload"], PICTURE)
    assert person.call("post", f"/uploads/{started['id']}/abort", {}).json()["state"] == "aborted"
    assert is_told(person.call("post", f"/uploads/{started['id']}/complete", {}), 409, "UPLOAD_CLOSED")
    assert person.call("post", f"/uploads/{started['id']}/abort", {}).json()["state"] == "aborted"
    assert person.held() == (0, 0)
    key = ObjectKey.parse(started["upload"]["fields"]["key"])
    assert key is not None
    assert object_store().head(key) is None


def test_after_completion_an_abort_changes_nothing(person: Person) -> None:
    started = person.start().json()
    send(started["upload"], PICTURE)
    person.call("post", f"/uploads/{started['id']}/complete", {})
    answer = person.call("post", f"/uploads/{started['id']}/abort", {})
    assert answer.json().get("state") in {"received", "scanning"} or is_told(answer, 409, "UPLOAD_CLOSED")
    assert person.held() == (0, len(PICTURE))


def test_another_app_finds_no_upload_to_complete(person: Person, stranger: Person) -> None:
    started = person.start().json()
    send(started["upload"], PICTURE)
    for verb in ("complete", "abort"):
        assert is_told(stranger.call("post", f"/uploads/{started['id']}/{verb}", {}), 404, "NOT_FOUND")
    assert person.call("get", f"/uploads/{started['id']}").json()["state"] == "started"
    assert person.held() == (len(PICTURE), 0)


@pytest.mark.parametrize("body", [[], "x", {"parts": "x"}, {"parts": [{"number": 0}]}, {"unknown": 1}, {"parts": [1]}])
def test_a_completion_in_the_wrong_shape_leaves_the_upload_open(person: Person, body: Any) -> None:
    started = person.start().json()
    assert is_told(person.call("post", f"/uploads/{started['id']}/complete", body), 422, "VALIDATION")
    assert person.held() == (len(PICTURE), 0)
