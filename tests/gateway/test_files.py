"""Renaming, moving and copying files: their objects stay, their names don't collide, their space is counted."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client

from audit.actions import AuditAction
from audit.models import AuditEvent
from gateway.changes import Change
from gateway.copies import copy_file
from kernel.identifiers import new_id
from lifecycle.reconcile import reconcile
from policy.actions import Action
from storage.inventory import inventory
from storage.models import Keeping, StoredFile
from storage.object_store import object_store
from tenancy.scoping import tenant_scope
from tests.gateway import shelf
from tests.gateway.conftest import PICTURE, Person, together
from tests.gateway.test_idempotency import _caller as caller_of
from tests.web import web


def change(person: Person, file_id: str, token: str | None = None, **content: Any) -> Any:
    return person.call("patch", f"/files/{file_id}", content, token)


def copy(person: Person, file_id: str, token: str | None = None, **content: Any) -> Any:
    return person.call("post", f"/files/{file_id}/copy", content, token)


def recorded(person: Person, action: AuditAction) -> list[dict[str, Any]]:
    with tenant_scope(person.app.tenant_id):
        return list(AuditEvent.objects.filter(action=action).values_list("detail", flat=True))


def test_a_file_is_renamed_and_its_object_stays(person: Person) -> None:
    file_id = shelf.put(person, "a.jpg", with_bytes=True)
    key = shelf.row(person, file_id).key()
    answer = change(person, file_id, name="Rome.jpg")
    assert (answer.status_code, answer.json()["path"]) == (200, "Rome.jpg")
    assert shelf.row(person, file_id).key() == key
    assert shelf.names(person) == ["Rome.jpg"]
    assert [event["renamed"] for event in recorded(person, AuditAction.FILE_CHANGED)] == [True]


def test_a_file_is_moved_and_renamed_at_once(person: Person) -> None:
    file_id = shelf.put(person, "a.jpg")
    shelf.put(person, "Trips/b.jpg")
    answer = change(person, file_id, name="c.jpg", folder="/Trips/")
    assert answer.json()["path"] == "Trips/c.jpg"
    assert (shelf.names(person), shelf.names(person, "Trips")) == ([], ["b.jpg", "c.jpg"])
    assert change(person, file_id, folder="").json()["path"] == "c.jpg"


def test_what_is_so_already_changes_and_records_nothing(person: Person) -> None:
    file_id = shelf.put(person, "a.jpg")
    assert change(person, file_id, name="a.jpg", folder="").status_code == 200
    assert change(person, file_id).status_code == 200
    assert recorded(person, AuditAction.FILE_CHANGED) == []


def test_the_record_says_that_a_name_changed_and_not_which(person: Person) -> None:
    file_id = shelf.put(person, "diagnosis of Mr Smith.jpg")
    change(person, file_id, name="other secret.jpg")
    assert "secret" not in str(recorded(person, AuditAction.FILE_CHANGED))


def test_a_name_in_use_is_refused_with_one_that_is_free(person: Person) -> None:
    first = shelf.put(person, "a.jpg")
    for name in ("b.jpg", "b (2).jpg"):
        shelf.put(person, name)
    answer = change(person, first, name="b.jpg")
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["suggestion"]) == (409, "NAME_TAKEN", "b (3).jpg")
    assert change(person, first, name=problem["suggestion"]).status_code == 200


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        ({"name": ""}, 422, "VALIDATION"), ({"name": "a/b.jpg"}, 422, "VALIDATION"),
        ({"name": ".."}, 422, "VALIDATION"), ({"name": "x" * 300}, 422, "VALIDATION"),
        ({"folder": "../up"}, 422, "VALIDATION"), ({"name": 5}, 422, "VALIDATION"),
        ({"folder": "nowhere"}, 404, "NOT_FOUND"), ({"name": "a.exe"}, 415, "FILE_TYPE_NOT_ALLOWED"),
        ({"name": "a.svg"}, 415, "FILE_TYPE_NOT_ALLOWED"), ({"size": 1}, 422, "VALIDATION"),
    ],
)  # fmt: skip
def test_what_a_file_can_not_become_is_refused(person: Person, content: dict[str, Any], status: int, code: str) -> None:
    file_id = shelf.put(person, "a.jpg")
    answer = change(person, file_id, **content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert shelf.names(person) == ["a.jpg"]


def test_a_token_changes_what_is_within_its_prefix_and_only_to_there(person: Person) -> None:
    inside, outside = shelf.put(person, "Trips/a.jpg"), shelf.put(person, "TripsX/b.jpg")
    token = person.token(Action.FILES_WRITE, Action.FILES_LIST, prefix="Trips")
    assert change(person, outside, token, name="c.jpg").status_code == 404
    assert change(person, inside, token, folder="TripsX").json()["code"] == "SCOPE_NOT_GRANTED"
    assert copy(person, inside, token, folder="").json()["code"] == "SCOPE_NOT_GRANTED"
    assert change(person, inside, token, name="c.jpg").status_code == 200


@pytest.mark.parametrize("action", [Action.FILES_LIST, Action.FILES_WRITE, Action.FILES_READ])
def test_changing_takes_the_right_to_add_and_to_see(person: Person, action: Action) -> None:
    file_id, token = shelf.put(person, "a.jpg"), person.token(action)
    for answer in (change(person, file_id, token, name="b.jpg"), copy(person, file_id, token)):
        assert (answer.status_code, answer.json()["code"]) == (403, "SCOPE_NOT_GRANTED")


def test_many_at_once_never_give_two_files_one_name(person: Person) -> None:
    ids, token = [shelf.put(person, f"{number}.jpg") for number in range(8)], person.token()
    waiting, statuses = list(ids), []
    together(lambda: statuses.append(change(person, waiting.pop(), token, name="same.jpg").status_code), len(ids))
    assert sorted(statuses) == [200] + [409] * 7
    assert shelf.names(person).count("same.jpg") == 1


def test_a_copy_has_its_own_object_and_counts(person: Person) -> None:
    file_id = shelf.put(person, "a.jpg", with_bytes=True)
    answer = copy(person, file_id)
    copied = answer.json()
    assert (answer.status_code, copied["path"]) == (201, "a (2).jpg")
    assert person.held() == (0, 2 * len(PICTURE))
    signed = person.call("post", f"/files/{copied['id']}/signed-url", {}).json()
    assert web.get(signed["url"]).content == PICTURE
    assert recorded(person, AuditAction.FILE_COPIED)[0]["source"] == file_id
    report = reconcile(object_store(), inventory(), person.app.tenant_id, repair=False, now=shelf.days(1))
    assert report.findings == []


def test_a_copy_goes_where_and_is_called_what_was_wished(person: Person) -> None:
    file_id = shelf.put(person, "a.jpg", with_bytes=True)
    shelf.put(person, "Trips/b.jpg")
    assert copy(person, file_id, folder="Trips").json()["path"] == "Trips/a.jpg"
    assert copy(person, file_id, folder="Trips", name="c.jpg").json()["path"] == "Trips/c.jpg"
    taken = copy(person, file_id, folder="Trips", name="b.jpg").json()
    assert (taken["code"], taken["suggestion"]) == ("NAME_TAKEN", "b (2).jpg")
    assert person.held()[0] == 0


def test_copying_does_not_prolong_keeping(person: Person) -> None:
    born, ends = shelf.days(-80), shelf.days(10)
    file_id = shelf.put(person, "a.jpg", with_bytes=True, created_at=born, delete_at=ends)
    copied = shelf.row(person, copy(person, file_id).json()["id"])
    assert (copied.created_at, copied.delete_at) == (born, ends)


def test_a_copy_of_another_kind_stays_as_long_as_its_kind(person: Person) -> None:
    terms = [{"kind": "photo", "minimum_days": 30}, {"kind": "table", "delete_after_days": 60}]
    with tenant_scope(person.app.tenant_id):
        Keeping.objects.filter(app=person.app).update(terms=terms)
    born, ends = shelf.days(-20), shelf.days(9)
    dates = {"created_at": born, "delete_at": ends}
    kinds = ("table", "photo")
    put = [shelf.put(person, f"{kind}.jpg", with_bytes=True, labels={"kind": kind}, **dates) for kind in kinds]
    now_photo, still_photo = (shelf.row(person, copy(person, name).json()["id"]) for name in put)
    assert (now_photo.labels["kind"], still_photo.labels["kind"]) == ("photo", "photo")
    assert (now_photo.delete_at, now_photo.retained_until) == (
        born + dt.timedelta(days=90),
        born + dt.timedelta(days=30),
    )
    assert (still_photo.delete_at, still_photo.retained_until) == (ends, None), "as its source"


def test_a_full_app_is_not_filled_further_by_copies(person: Person) -> None:
    file_id = shelf.put(person, "a.jpg", with_bytes=True)
    with tenant_scope(person.app.tenant_id):
        person.app.quota.bytes_limit = 2 * len(PICTURE) - 1
        person.app.quota.save(update_fields=["bytes_limit"])
    answer = copy(person, file_id)
    assert (answer.status_code, answer.json()["code"]) == (403, "QUOTA_APP_EXCEEDED")
    assert person.held() == (0, len(PICTURE))


def test_a_copy_is_protected_as_what_it_was_copied_from(person: Person) -> None:
    file_id = shelf.put(person, "a.jpg", with_bytes=True)
    found = {"classification": "regulated", "contains": "personal-data"}
    with tenant_scope(person.app.tenant_id):
        StoredFile.objects.filter(pk=file_id).update(labels={**shelf.row(person, file_id).labels, **found})
    copied = shelf.row(person, copy(person, file_id).json()["id"])
    assert {name: copied.labels[name] for name in found} == found


def test_a_repeated_copy_is_one_copy(person: Person) -> None:
    file_id = shelf.put(person, "a.jpg", with_bytes=True)
    first = person.call("post", f"/files/{file_id}/copy", {}, Idempotency_Key="k")
    again = person.call("post", f"/files/{file_id}/copy", {}, Idempotency_Key="k")
    assert (again["Idempotent-Replayed"], first.json()) == ("true", again.json())
    assert person.held() == (0, 2 * len(PICTURE))


def test_a_copy_that_is_taken_over_from_a_dead_process_is_still_one(person: Person) -> None:
    file_id, copy_id = uuid.UUID(shelf.put(person, "a.jpg", with_bytes=True)), new_id()
    made = [copy_file(caller_of(person), file_id, Change(), object_store(), copy_id) for _ in range(2)]
    assert made[0].pk == made[1].pk
    assert person.held() == (0, 2 * len(PICTURE))


def test_a_copy_whose_source_changed_in_storage_is_refused_and_holds_nothing(person: Person) -> None:
    file_id = shelf.put(person, "a.jpg", with_bytes=True)
    with tenant_scope(person.app.tenant_id):
        StoredFile.objects.filter(pk=file_id).update(etag="0" * 32)
    answer = copy(person, file_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "CHANGED_MEANWHILE")
    assert person.held() == (0, len(PICTURE))


def test_one_file_is_looked_at(person: Person) -> None:
    file_id = shelf.put(person, "Trips/a.jpg")
    answer = person.call("get", f"/files/{file_id}")
    assert (answer.status_code, answer.json()["path"]) == (200, "Trips/a.jpg")
    again = person.call("get", f"/files/{file_id}", If_None_Match=answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    change(person, file_id, name="b.jpg")
    assert person.call("get", f"/files/{file_id}", If_None_Match=answer["ETag"]).status_code == 200


def test_a_method_that_an_address_does_not_take_is_said_so(person: Person) -> None:
    headers = {"Authorization": f"Bearer {person.token()}"}
    answer = Client(headers=headers).put(f"/api/v1/files/{new_id()}", b"{}", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
