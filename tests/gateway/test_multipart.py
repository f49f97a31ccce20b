"""Large files in parts on real storage: signed one by one, gone on with after a break, verified, never over quota."""

import hashlib
import secrets
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured

from audit.actions import AuditAction
from audit.models import AuditEvent
from gateway import multipart
from kernel import clock
from lifecycle.abandoned import expire_lapsed
from lifecycle.reconcile import reconcile
from scanning.engines.registry import engines
from scanning.pipeline import scan_upload
from storage.inventory import inventory
from storage.models import StoredFile, Upload
from storage.object_store import object_store, s3_client
from storage.part_store import part_store
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import PICTURE, Person, together
from tests.web import web

MIB = 1024 * 1024
FILM = PICTURE + secrets.token_bytes(1000) * 9000
PARTS = [FILM[: 8 * MIB], FILM[8 * MIB :]]


def begin(person: Person, **changes: Any) -> Any:
    wish = {"path": "film.jpg", "size": len(FILM), "content_type": "image/jpeg", "multipart": True}
    return person.call("post", "/uploads", wish | changes)


def put(part: dict[str, Any], body: bytes) -> int:
    return web.put(part["url"], content=body).status_code


def send_all(started: dict[str, Any]) -> None:
    for part, body in zip(started["upload"]["parts"], PARTS, strict=True):
        assert put(part, body) == 200


def complete(person: Person, started: dict[str, Any], **body: Any) -> Any:
    return person.call("post", f"/uploads/{started['id']}/complete", body)


def sign(person: Person, started: dict[str, Any], *numbers: int) -> Any:
    return person.call("post", f"/uploads/{started['id']}/parts", {"numbers": list(numbers)})


def in_storage(person: Person) -> int:
    return sum(1 for _ in inventory().unfinished(person.app.tenant_id))


def test_a_large_file_comes_in_parts_and_is_read_as_it_was(person: Person, settings: Any) -> None:
    answer = begin(person)
    started = answer.json()
    assert answer.status_code == 201
    assert (started["upload"]["method"], started["upload"]["part_size"]) == ("PUT", 8 * MIB)
    assert [part["number"] for part in started["upload"]["parts"]] == [1, 2]
    assert person.held() == (len(FILM), 0)
    send_all(started)
    completed = complete(person, started)
    assert (completed.status_code, completed.json()["state"]) == (202, "received")
    assert person.held() == (0, len(FILM))
    scan_upload(object_store(), engines(settings.CLAMD_URL), person.app.tenant_id, uuid.UUID(started["id"]))
    signed = person.call("post", f"/files/{started['id']}/signed-url", {}).json()
    assert web.get(signed["url"]).content == FILM
    assert in_storage(person) == 0


def test_each_address_is_on_the_record(person: Person) -> None:
    started = begin(person).json()
    sign(person, started, 1, 2, 2)
    with tenant_scope(person.app.tenant_id):
        signed = AuditEvent.objects.filter(action=AuditAction.PART_URL_SIGNED).values_list("detail", flat=True)
        assert sorted(detail["part"] for detail in signed) == [1, 1, 2, 2]


@pytest.mark.parametrize("change", [-1, 1, -8 * MIB + 5])
def test_storage_refuses_a_part_of_another_length(person: Person, change: int) -> None:
    started = begin(person).json()
    assert put(started["upload"]["parts"][0], (PARTS[0] + b"x")[: len(PARTS[0]) + change]) == 403


def test_an_address_takes_its_own_part_alone_and_gives_nothing_back(person: Person) -> None:
    started = begin(person).json()
    first = started["upload"]["parts"][0]["url"]
    for changed in ("partNumber=2", "partNumber=10001"):
        assert web.put(first.replace("partNumber=1", changed), content=PARTS[0]).status_code == 403
    assert web.get(first).status_code == 403
    assert web.delete(first).status_code in {403, 405}


def test_a_client_goes_on_with_what_storage_has(person: Person) -> None:
    started = begin(person).json()
    assert put(started["upload"]["parts"][0], PARTS[0]) == 200
    held = person.call("get", f"/uploads/{started['id']}/parts").json()["parts"]
    assert held == [{"number": 1, "size": len(PARTS[0]), "etag": hashlib.md5(PARTS[0]).hexdigest()}]
    early = complete(person, started)
    assert (early.status_code, early.json()["code"]) == (409, "UPLOAD_NOT_RECEIVED")
    fresh = sign(person, started, 2).json()
    assert put(fresh["parts"][0], PARTS[1]) == 200
    assert complete(person, started).status_code == 202


def test_parts_that_a_client_names_must_be_those_that_storage_has(person: Person) -> None:
    started = begin(person).json()
    send_all(started)
    right = [{"number": number, "etag": f'"{hashlib.md5(body).hexdigest()}"'} for number, body in enumerate(PARTS, 1)]
    for wrong in (
        right[:1],
        right[::-1],
        [right[0], right[1] | {"etag": "0" * 32}],
        [*right, right[0] | {"number": 3}],
    ):
        answer = complete(person, started, parts=wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION")
    assert complete(person, started, parts=right).status_code == 202


def test_completing_again_and_at_once_changes_nothing(person: Person) -> None:
    started, answers = begin(person).json(), []
    send_all(started)
    token = person.token()
    together(
        lambda: answers.append(person.call("post", f"/uploads/{started['id']}/complete", {}, token).status_code), 12
    )
    assert set(answers) == {202}
    assert person.held() == (0, len(FILM))


def test_bytes_that_are_no_picture_are_refused_and_their_space_given_back(person: Person) -> None:
    started = begin(person).json()
    assert put(started["upload"]["parts"][0], b"<html>" + b" " * (len(PARTS[0]) - 6)) == 200
    assert put(started["upload"]["parts"][1], PARTS[1]) == 200
    assert complete(person, started).json()["problem"]["code"] == "FILE_CONTENT_MISMATCH"
    assert person.held() == (0, 0)


def test_other_bytes_than_the_checksum_names_are_found_by_the_scan(person: Person, settings: Any) -> None:
    started = begin(person, sha256="0" * 64).json()
    send_all(started)
    assert complete(person, started).json()["state"] == "received"
    scan_upload(object_store(), engines(settings.CLAMD_URL), person.app.tenant_id, uuid.UUID(started["id"]))
    state = person.call("get", f"/uploads/{started['id']}").json()
    assert (state["state"], state["problem"]["code"]) == ("rejected", "UPLOAD_ALTERED")
    assert person.held() == (0, 0)


def test_the_checksum_of_the_whole_file_may_be_named(person: Person, settings: Any) -> None:
    started = begin(person, sha256=hashlib.sha256(FILM).hexdigest()).json()
    send_all(started)
    complete(person, started)
    scan_upload(object_store(), engines(settings.CLAMD_URL), person.app.tenant_id, uuid.UUID(started["id"]))
    assert person.call("get", f"/uploads/{started['id']}").json()["state"] == "available"


def test_giving_up_leaves_nothing_in_storage(person: Person) -> None:
    started = begin(person).json()
    put(started["upload"]["parts"][0], PARTS[0])
    assert in_storage(person) == 1
    aborted = person.call("post", f"/uploads/{started['id']}/abort", {})
    assert aborted.json()["state"] == "aborted"
    assert (in_storage(person), person.held()) == (0, (0, 0))
    assert put(started["upload"]["parts"][1], PARTS[1]) == 404
    for answer in (complete(person, started), sign(person, started, 1)):
        assert (answer.status_code, answer.json()["code"]) == (409, "UPLOAD_CLOSED")


def test_an_abandoned_upload_is_swept_with_its_parts(person: Person) -> None:
    started = begin(person).json()
    put(started["upload"]["parts"][0], PARTS[0])
    soon, later = clock.now() + timedelta(minutes=30), clock.now() + timedelta(hours=2)
    assert expire_lapsed(object_store(), person.app.tenant_id, soon) == 0
    assert expire_lapsed(object_store(), person.app.tenant_id, later) == 1
    assert (in_storage(person), person.held()) == (0, (0, 0))


def test_the_reconcile_leaves_a_running_upload_alone(person: Person) -> None:
    started = begin(person).json()
    reconcile(object_store(), inventory(), person.app.tenant_id, repair=True, now=clock.now() + timedelta(hours=2))
    assert in_storage(person) == 1
    send_all(started)
    assert complete(person, started).status_code == 202


def test_nobody_keeps_space_held_longer_than_a_day(person: Person) -> None:
    started = begin(person).json()
    with tenant_scope(person.app.tenant_id):
        Upload.objects.filter(pk=started["id"]).update(created_at=clock.now() - multipart.LONGEST)
    answer = sign(person, started, 1)
    assert (answer.status_code, answer.json()["code"]) == (409, "UPLOAD_CLOSED")


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"size": 5 * MIB - 1}, 422), ({"size": 0}, 422), ({"size": 16_000_000}, 413), ({"multipart": "yes"}, 422)],
)
def test_what_can_not_come_in_parts_is_refused(person: Person, changes: dict[str, Any], status: int) -> None:
    assert begin(person, **changes).status_code == status
    assert person.held() == (0, 0)


@pytest.mark.parametrize("numbers", [[], [0], [3], [-1], [10_001], ["1"], list(range(1, 102))])
def test_parts_that_there_are_not_are_not_signed(person: Person, numbers: list[Any]) -> None:
    answer = sign(person, begin(person).json(), *numbers)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION")


def test_an_upload_by_form_has_no_parts(person: Person) -> None:
    started = person.start().json()
    assert sign(person, started, 1).json()["code"] == "VALIDATION"
    assert person.call("get", f"/uploads/{started['id']}/parts").json() == {"parts": []}


def test_a_repeated_start_goes_on_with_the_same_parts(person: Person) -> None:
    wish = {"path": "film.jpg", "size": len(FILM), "content_type": "image/jpeg", "multipart": True}
    first = person.call("post", "/uploads", wish, Idempotency_Key="k").json()
    put(first["upload"]["parts"][0], PARTS[0])
    again = person.call("post", "/uploads", wish, Idempotency_Key="k")
    assert (again["Idempotent-Replayed"], again.json()["id"]) == ("true", first["id"])
    put(again.json()["upload"]["parts"][1], PARTS[1])
    assert in_storage(person) == 1
    assert complete(person, first).status_code == 202


def test_a_completion_that_died_after_storage_had_the_object_is_made_up_for(person: Person) -> None:
    started = begin(person).json()
    send_all(started)
    with tenant_scope(person.app.tenant_id):
        upload = Upload.objects.get(pk=started["id"])
    held = part_store().held(upload.quarantine_key, upload.multipart_id)
    assert held is not None
    part_store().finish(upload.quarantine_key, upload.multipart_id, held)
    assert complete(person, started).status_code == 202


def test_an_object_that_is_not_the_announced_one_ends_the_upload(person: Person) -> None:
    started = begin(person).json()
    with tenant_scope(person.app.tenant_id):
        upload = Upload.objects.get(pk=started["id"])
    part_store().discard(upload.quarantine_key, upload.multipart_id)
    s3_client().put_object(
        Bucket=configured.S3_BUCKET, Key=str(upload.quarantine_key), Body=FILM, ContentType="image/jpeg"
    )
    assert complete(person, started).json()["problem"]["code"] == "UPLOAD_ALTERED"
    with tenant_scope(person.app.tenant_id):
        assert not StoredFile.objects.exists()
