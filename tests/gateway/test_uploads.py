"""uploadStart and uploadComplete against real storage, which enforces every condition of the form."""

import hashlib
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kernel import clock
from lifecycle.abandoned import expire_lapsed
from scanning.engines.registry import engines
from scanning.pipeline import scan_upload
from storage.models import StoredFile, Upload
from storage.object_store import object_store
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import PICTURE, Person, send
from tests.web import web


def scan(person: Person, upload_id: str, clamd_url: str) -> None:
    scan_upload(object_store(), engines(clamd_url), person.app.tenant_id, uuid.UUID(upload_id))


def test_a_file_is_announced_sent_verified_scanned_listed_and_read(person: Person, settings: Any) -> None:
    started = person.start().json()
    assert person.held() == (len(PICTURE), 0)
    assert send(started["upload"], PICTURE).status_code == 201
    completed = person.call("post", f"/uploads/{started['id']}/complete", {})
    assert completed.status_code == 202
    assert completed.json()["state"] in {"received", "scanning"}
    assert person.held() == (0, len(PICTURE))
    assert person.call("post", f"/files/{started['id']}/signed-url", {}).status_code == 404
    scan(person, started["id"], settings.CLAMD_URL)
    listed = person.call("get", "/files").json()
    assert [file["name"] for file in listed["files"]] == ["cat.jpg"]
    assert listed["files"][0]["labels"]["kind"] == "photo"
    signed = person.call("post", f"/files/{started['id']}/signed-url", {}).json()
    answer = web.get(signed["url"])
    assert answer.content == PICTURE
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", "somewhere/else"), ("Content-Type", "text/html"), ("x-amz-meta-gatehouse-tenant", "another"),
        ("x-amz-meta-gatehouse-classification", "public"), ("x-amz-server-side-encryption", "aws:kms"),
        ("x-amz-tagging", "classification=public"), ("x-amz-date", "20200101T000000Z"),
        ("x-amz-signature", "0" * 64), ("policy", "e30="), ("success_action_status", "200"),
    ],
)  # fmt: skip
def test_storage_refuses_a_form_with_a_changed_field(person: Person, field: str, value: str) -> None:
    started = person.start().json()
    assert field in started["upload"]["fields"]
    assert send(started["upload"], PICTURE, **{field: value}).status_code in {400, 403}
    completed = person.call("post", f"/uploads/{started['id']}/complete", {})
    assert (completed.status_code, completed.json()["code"]) == (409, "UPLOAD_NOT_RECEIVED")


def test_storage_refuses_more_bytes_than_were_announced(person: Person) -> None:
    started = person.start().json()
    assert send(started["upload"], PICTURE + b"one more").status_code == 400


def test_storage_refuses_other_bytes_than_the_checksum_names(person: Person) -> None:
    started = person.start(sha256=hashlib.sha256(PICTURE).hexdigest()).json()
    altered = send(started["upload"], PICTURE[:-1] + b"X")
    completed = person.call("post", f"/uploads/{started['id']}/complete", {}).json()
    assert altered.status_code == 400 or completed["problem"]["code"] == "UPLOAD_ALTERED"


def test_a_field_that_the_policy_does_not_name_is_found_out_at_completion(person: Person) -> None:
    started = person.start().json()
    send(started["upload"], PICTURE, **{"x-amz-meta-planted": "yes"})
    completed = person.call("post", f"/uploads/{started['id']}/complete", {}).json()
    assert completed.get("state") == "rejected" or completed["code"] == "UPLOAD_NOT_RECEIVED"
    assert person.held()[1] == 0


def test_bytes_that_contradict_their_type_are_rejected_and_their_space_given_back(person: Person) -> None:
    html = b"<html><script>alert(1)</script></html>" + b" " * 500
    started = person.start(size=len(html)).json()
    assert send(started["upload"], html).status_code == 201
    completed = person.call("post", f"/uploads/{started['id']}/complete", {}).json()
    assert (completed["state"], completed["problem"]["code"]) == ("rejected", "FILE_CONTENT_MISMATCH")
    assert person.held() == (0, 0)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"size": 15_000_001}, 413, "FILE_TOO_LARGE"), ({"size": 0}, 422, "FILE_EMPTY"),
        ({"size": -1}, 422, "VALIDATION"), ({"size": "12"}, 422, "VALIDATION"), ({"size": 2**60}, 422, "VALIDATION"),
        ({"content_type": "text/html"}, 415, "FILE_TYPE_NOT_ALLOWED"), ({"path": "../up.jpg"}, 422, "VALIDATION"),
        ({"path": "a\\b.jpg"}, 422, "VALIDATION"), ({"path": "a\0.jpg"}, 422, "VALIDATION"),
        ({"path": "x" * 1000}, 422, "VALIDATION"), ({"path": "a//b.jpg"}, 422, "VALIDATION"),
        ({"unknown": 1}, 422, "VALIDATION"), ({"sha256": "abc"}, 422, "VALIDATION"),
    ],
)  # fmt: skip
def test_what_can_not_be_taken_is_refused_in_words_and_holds_nothing(
    person: Person, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = person.start(**changes)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert problem["user_message"]
    assert problem["remedy"]["label"]
    assert person.held() == (0, 0)


@pytest.mark.parametrize("name", ["%2e%2e.jpg", "Grüße 🎉.jpg", "a b'c\"d<e>.jpg", "=cmd('x')!A0.jpg"])
def test_a_name_is_kept_as_data_and_never_part_of_a_key(person: Person, name: str) -> None:
    started = person.start(path=f"Ordner/{name}").json()
    with tenant_scope(person.app.tenant_id):
        upload = Upload.objects.get(pk=started["id"])
    assert upload.name == name
    assert started["upload"]["fields"]["key"] == f"{upload.tenant_id}/{upload.app_id}/quarantine/{upload.id}"


def test_an_upload_that_never_arrives_gives_its_space_back(person: Person) -> None:
    started = person.start().json()
    later = clock.now() + timedelta(minutes=10)
    assert expire_lapsed(object_store(), person.app.tenant_id, later) == 1
    assert person.held() == (0, 0)
    answer = person.call("post", f"/uploads/{started['id']}/complete", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "UPLOAD_CLOSED")


def test_completing_again_changes_nothing(person: Person) -> None:
    started = person.start().json()
    send(started["upload"], PICTURE)
    for _ in range(3):
        assert person.call("post", f"/uploads/{started['id']}/complete", {}).status_code == 202
    assert person.held() == (0, len(PICTURE))


def test_a_stranger_finds_nothing(person: Person, stranger: Person, settings: Any) -> None:
    started = person.start().json()
    send(started["upload"], PICTURE)
    person.call("post", f"/uploads/{started['id']}/complete", {})
    scan(person, started["id"], settings.CLAMD_URL)
    for method, path in (
        ("get", f"/uploads/{started['id']}"), ("post", f"/uploads/{started['id']}/complete"),
        ("post", f"/uploads/{started['id']}/abort"), ("post", f"/files/{started['id']}/signed-url"),
    ):  # fmt: skip
        answer = stranger.call(method, path, {} if method == "post" else None)
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert stranger.call("get", "/files").json()["files"] == []
    with tenant_scope(stranger.app.tenant_id):
        assert StoredFile.objects.count() == 0


def test_no_token_and_a_forged_token_are_refused(person: Person) -> None:
    assert Client().get("/api/v1/files").json()["code"] == "KEY_MISSING"
    token = person.token()
    head, body, signature = token.split(".")
    for forged in (f"{head}.{body}.", f"{head}.{body[:-2]}AA.{signature}", "x", f"eyJhbGciOiJub25lIn0.{body}."):
        answer = person.call("get", "/files", token=forged)
        assert (answer.status_code, answer.json()["code"]) == (401, "KEY_REVOKED")


def test_a_folder_is_made_once_and_listed(person: Person) -> None:
    assert person.call("post", "/folders", {"path": "Trips/Rome"}).status_code == 201
    assert person.call("post", "/folders", {"path": "Trips/Rome"}).status_code == 200
    assert [folder["path"] for folder in person.call("get", "/files?folder=Trips").json()["folders"]] == ["Trips/Rome"]
