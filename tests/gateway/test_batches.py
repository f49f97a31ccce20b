"""Up to a hundred things in one call: each with its own result, none in another's way."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from audit.actions import AuditAction
from audit.models import AuditEvent
from policy.actions import Action
from storage.models import Folder, Upload
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import PICTURE, Person, file_away, send
from tests.web import web

PATHS = ("/uploads/batch", "/uploads/batch/complete", "/files/batch/signed-url", "/folders/batch")


def wish(path: str, **changes: Any) -> dict[str, Any]:
    return {"path": path, "size": len(PICTURE), "content_type": "image/jpeg"} | changes


def batch(person: Person, path: str, items: list[Any], **headers: str) -> Any:
    return person.call("post", path, {"items": items}, **headers)


def statuses(answer: Any) -> list[int]:
    assert answer.status_code == 200
    return [result["status"] for result in answer.json()["results"]]


def count(person: Person, model: Any, **which: Any) -> int:
    with tenant_scope(person.app.tenant_id):
        return int(model.objects.filter(**which).count())


def test_many_uploads_start_and_each_has_its_own_result(person: Person) -> None:
    items = [
        wish("a.jpg"),
        wish("b.exe"),
        wish("c.jpg", size=-1),
        wish("d.jpg", size=10**9),
        wish("e/f.jpg"),
        "x",
        None,
    ]
    answer = batch(person, "/uploads/batch", items)
    assert statuses(answer) == [201, 415, 422, 413, 201, 422, 422]
    results = answer.json()["results"]
    assert [result["problem"]["code"] for result in results if "problem" in result] == [
        "FILE_TYPE_NOT_ALLOWED", "VALIDATION", "FILE_TOO_LARGE", "VALIDATION", "VALIDATION",
    ]  # fmt: skip
    assert results[2]["problem"]["errors"][0]["pointer"] == "/size"
    assert person.held() == (2 * len(PICTURE), 0)
    assert count(person, AuditEvent, action=AuditAction.UPLOAD_URL_SIGNED) == 2
    for result in (results[0], results[4]):
        assert send(result["body"]["upload"], PICTURE).status_code == 201


def test_a_hundred_are_taken_and_the_quota_stops_those_that_do_not_fit(person: Person) -> None:
    with tenant_scope(person.app.tenant_id):
        person.app.quota.bytes_limit = 60 * len(PICTURE)
        person.app.quota.save(update_fields=["bytes_limit"])
    found = statuses(batch(person, "/uploads/batch", [wish(f"{number}.jpg") for number in range(100)]))
    assert found == [201] * 60 + [403] * 40
    assert person.held() == (60 * len(PICTURE), 0)


def test_many_uploads_are_completed_together(person: Person, stranger: Person) -> None:
    ids = [
        result["body"]["id"]
        for result in batch(person, "/uploads/batch", [wish("a.jpg"), wish("b.jpg")]).json()["results"]
    ]
    started = person.start(path="c.jpg").json()
    send(started["upload"], PICTURE)
    foreign = stranger.start().json()["id"]
    items = [{"id": ids[0]}, {"id": started["id"]}, {"id": foreign}, {"id": "not-an-id"}, {"id": started["id"]}]
    answer = batch(person, "/uploads/batch/complete", items)
    assert statuses(answer) == [409, 202, 404, 422, 202]
    assert answer.json()["results"][0]["problem"]["code"] == "UPLOAD_NOT_RECEIVED"
    assert person.held() == (2 * len(PICTURE), len(PICTURE))


def test_many_links_are_given_each_on_the_record(person: Person, stranger: Person, settings: Any) -> None:
    mine, foreign = file_away(person, settings.CLAMD_URL), file_away(stranger, settings.CLAMD_URL)
    items = [{"id": mine}, {"id": foreign}, {"id": mine, "variant": "thumbnail"}, {"id": mine, "variant": "huge"}]
    answer = batch(person, "/files/batch/signed-url", items)
    assert statuses(answer) == [200, 404, 404, 422]
    assert web.get(answer.json()["results"][0]["body"]["url"]).content == PICTURE
    assert count(person, AuditEvent, action=AuditAction.DOWNLOAD_URL_SIGNED) == 1


def test_many_folders_are_made(person: Person) -> None:
    answer = batch(person, "/folders/batch", [{"path": "A/B"}, {"path": "../C"}, {"path": "A/B"}, {"path": "D"}])
    assert statuses(answer) == [201, 422, 200, 201]
    assert count(person, Folder) == 3
    assert count(person, AuditEvent, action=AuditAction.FOLDER_CREATED) == 2


def test_a_repeated_batch_starts_nothing_twice_and_signs_anew(person: Person) -> None:
    items = [wish("a.jpg"), wish("b.exe"), wish("c.jpg")]
    first = batch(person, "/uploads/batch", items, Idempotency_Key="b")
    again = batch(person, "/uploads/batch", items, Idempotency_Key="b")
    assert again["Idempotent-Replayed"] == "true"
    assert statuses(first) == statuses(again) == [201, 415, 201]
    ids = [[result["body"]["id"] for result in answer.json()["results"][::2]] for answer in (first, again)]
    assert ids[0] == ids[1]
    assert count(person, Upload) == 2
    assert send(again.json()["results"][0]["body"]["upload"], PICTURE).status_code == 201
    other = batch(person, "/uploads/batch", items[:2], Idempotency_Key="b")
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_CONFLICT")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("items", [[], [{}] * 101, [{}] * 10_000, "x", None, {}])
def test_what_is_no_batch_is_refused_as_a_whole(person: Person, path: str, items: Any) -> None:
    answer = batch(person, path, items)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{", b'{"items": [], "items": []}', b'{"items": ' + b"[" * 100 + b"]" * 100 + b"}",
        b'{"items": [' + b"[" * 100_000, b'{"items": [{"id": NaN}]}', b'{"items": ["\xff"]}',
        b'{"items": ["\\ud800"]}', b'{"items": ["' + b"x" * 10_000_000 + b'"]}',
    ],
    ids=["empty", "list", "torn", "twice", "deep", "deeper", "nan", "not UTF-8", "surrogate", "10 MB"],
)  # fmt: skip
def test_a_body_that_is_no_plain_json_is_refused(person: Person, path: str, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {person.token()}"}
    answer = Client(headers=headers).post(f"/api/v1{path}", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION")


def test_an_item_that_the_token_does_not_cover_is_refused_alone(person: Person) -> None:
    token = person.token(Action.FILES_WRITE, prefix="Trips")
    content = {"items": [wish("Trips/a.jpg"), wish("b.jpg"), wish("TripsX/c.jpg")]}
    found = person.call("post", "/uploads/batch", content, token)
    assert statuses(found) == [201, 403, 403]
    assert "Trips" in json.dumps(content)


def test_uploads_in_parts_are_started_in_a_batch_too(person: Person) -> None:
    answer = batch(
        person, "/uploads/batch", [wish("film.jpg", size=9_000_000, multipart=True), wish("a.jpg", multipart=True)]
    )
    assert statuses(answer) == [201, 422]
    assert answer.json()["results"][0]["body"]["upload"]["part_count"] == 2


def test_what_is_started_together_is_committed_together(person: Person) -> None:
    assert statuses(batch(person, "/uploads/batch", [wish(f"{number}.jpg") for number in range(40)])) == [201] * 40
    with tenant_scope(person.app.tenant_id), connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM storage_upload WHERE app_id = %s", [person.app.id])
        assert cursor.fetchone() == (1,)
