"""An Idempotency-Key: however often a request comes, it is done once; what opens storage is made anew, never kept."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from accounts.models import User
from audit.actions import AuditAction
from audit.models import AuditEvent
from broker.tokens import verify
from gateway import idempotency, kept_answers
from gateway.callers import Caller
from gateway.models import KeptAnswer
from gateway.tasks import forget_old_keys
from kernel import clock
from kernel.errors import Problem
from kernel.identifiers import new_id
from marketplace.installing import Choices, install
from marketplace.models import Installation
from policy.actions import Action
from storage.models import Folder, Upload
from tenancy.memberships import in_workspace
from tenancy.models import Membership
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import PICTURE, Person, send, together

WISH = {"path": "cat.jpg", "size": len(PICTURE), "content_type": "image/jpeg"}


def start(person: Person, key: str = "k1", token: str | None = None, **changes: Any) -> Any:
    return person.call("post", "/uploads", WISH | changes, token, Idempotency_Key=key)


def count(person: Person, model: Any, **which: Any) -> int:
    with tenant_scope(person.app.tenant_id):
        return int(model.objects.filter(**which).count())


def test_a_repeated_start_is_one_upload_and_one_hold_with_a_form_that_works(person: Person) -> None:
    first, again = start(person), start(person)
    assert (first.status_code, again.status_code) == (201, 201)
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert first.json()["id"] == again.json()["id"]
    assert person.held() == (len(PICTURE), 0)
    assert send(again.json()["upload"], PICTURE).status_code == 201
    assert count(person, Upload) == 1


def test_each_signed_form_is_on_the_record(person: Person) -> None:
    for _ in range(3):
        start(person)
    assert count(person, AuditEvent, action=AuditAction.UPLOAD_URL_SIGNED) == 3


def test_nothing_that_opens_storage_or_the_api_is_kept(person: Person) -> None:
    token = person.token()
    form = start(person, "secret-key", token).json()["upload"]
    with tenant_scope(person.app.tenant_id):
        kept = KeptAnswer.objects.get()
        everything = json.dumps([kept.answer, kept.subject, kept.operation, bytes(kept.key).hex()])
    for secret in (form["fields"]["x-amz-signature"], form["fields"]["policy"], form["url"], token, "secret-key"):
        assert secret not in everything


@pytest.mark.parametrize("changes", [{"path": "dog.jpg"}, {"size": 5}, {"metadata": {"a": "b"}}])
def test_the_same_key_with_another_request_is_refused(person: Person, changes: dict[str, Any]) -> None:
    start(person)
    answer = start(person, **changes)
    assert (answer.status_code, answer.json()["code"]) == (422, "IDEMPOTENCY_CONFLICT")
    assert count(person, Upload) == 1


def test_a_key_counts_for_one_operation_one_subject_and_one_app(person: Person, stranger: Person) -> None:
    start(person, "shared")
    folder = person.call("post", "/folders", {"path": "Trips"}, Idempotency_Key="shared")
    assert (folder.status_code, "Idempotent-Replayed" in folder) == (201, False)
    theirs = start(stranger, "shared")
    assert (theirs.status_code, "Idempotent-Replayed" in theirs) == (201, False)


def test_a_key_of_a_colleague_or_of_another_app_of_ones_own_is_another_key(person: Person) -> None:
    own = start(person, "shared").json()["id"]
    colleague = User.objects.create_user(f"{new_id().hex}@acme.example")
    with tenant_scope(person.app.tenant_id):
        Membership.objects.create(
            tenant_id=person.app.tenant_id, workspace_id=person.app.workspace_id, user=colleague, role=Role.OWNER
        )
        membership = in_workspace(person.user.pk, person.app.workspace_id)
        assert membership is not None
        version = Installation.objects.get(app=person.app).version
        second = install(version, membership, Choices("Second", "eu-central-1", frozenset()))
    theirs, elsewhere = (start(each, "shared") for each in (Person(person.app, colleague), Person(second, person.user)))
    assert ["Idempotent-Replayed" in answer for answer in (theirs, elsewhere)] == [False, False]
    assert len({own, theirs.json()["id"], elsewhere.json()["id"]}) == 3
    assert start(person, "shared").json()["id"] == own


def test_a_key_is_the_same_quoted_and_bare(person: Person) -> None:
    assert start(person, '"a \\"key\\""').status_code == 201
    assert start(person, '"a \\"key\\""')["Idempotent-Replayed"] == "true"
    assert start(person, '"plain"').status_code == 201
    assert start(person, "plain")["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("key", ["", " ", '""', "x" * 256, "a\tb", "grün", '"open', '"a","b"', "a,b"])
def test_a_key_that_is_none_is_refused(person: Person, key: str) -> None:
    answer = start(person, key)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION")
    assert count(person, Upload) == 0


def test_the_longest_key_is_taken(person: Person) -> None:
    assert start(person, "x" * 255).status_code == 201


def test_while_the_first_request_runs_the_second_is_told_to_wait(person: Person) -> None:
    at_work, may_end, caller = threading.Event(), threading.Event(), _caller(person)

    def slow() -> None:
        with tenant_scope(person.app.tenant_id):
            kept_answers.lock(caller, _keyed())
            at_work.set()
            may_end.wait(10)
        connections.close_all()

    worker = threading.Thread(target=slow)
    worker.start()
    at_work.wait(10)
    with pytest.raises(Problem) as refused, tenant_scope(person.app.tenant_id):
        kept_answers.lock(caller, _keyed())
    may_end.set()
    worker.join()
    assert (refused.value.type.status, refused.value.retry_after_s) == (409, 1)


def test_many_parallel_requests_under_one_key_start_one_upload(person: Person) -> None:
    token, statuses = person.token(), []

    def ask() -> None:
        statuses.append(start(person, "parallel", token).status_code)

    together(ask, 20)
    assert set(statuses) <= {201, 409, 503}
    assert 201 in statuses
    assert count(person, Upload) == 1
    assert person.held() == (len(PICTURE), 0)


def test_a_refusal_that_stays_one_is_replayed(person: Person) -> None:
    first, again = start(person, size=15_000_001), start(person, size=15_000_001)
    assert (first.status_code, again.status_code) == (413, 413)
    assert first.json() | {"request_id": ""} == again.json() | {"request_id": ""}
    assert again["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("changes", "actions"), [({"size": -1}, ()), ({}, (Action.FILES_LIST,)), ({"path": "a//b"}, ())]
)
def test_a_refusal_that_may_change_is_not_kept(
    person: Person, changes: dict[str, Any], actions: tuple[Action, ...]
) -> None:
    for _ in range(2):
        answer = start(person, token=person.token(*actions), **changes)
        assert answer.status_code in {403, 422}
        assert "Idempotent-Replayed" not in answer
    assert count(person, KeptAnswer) == 0


def test_a_full_quota_is_asked_again_under_the_same_key(person: Person) -> None:
    with tenant_scope(person.app.tenant_id):
        person.app.quota.bytes_limit = 10
        person.app.quota.save(update_fields=["bytes_limit"])
    assert start(person).json()["code"] == "QUOTA_APP_EXCEEDED"
    with tenant_scope(person.app.tenant_id):
        person.app.quota.bytes_limit = 10**9
        person.app.quota.save(update_fields=["bytes_limit"])
    assert start(person).status_code == 201


def test_what_was_refused_changed_nothing_although_its_answer_is_kept(person: Person) -> None:
    refused = start(person, path="New folder/a.exe", content_type="image/jpeg")
    assert refused.status_code == 415
    assert count(person, Folder) == 0
    assert count(person, KeptAnswer) == 1


def test_a_replayed_start_of_an_upload_that_has_ended_says_so(person: Person) -> None:
    upload = start(person).json()
    person.call("post", f"/uploads/{upload['id']}/abort", {})
    answer = start(person)
    assert (answer.status_code, answer.json()["code"]) == (409, "UPLOAD_CLOSED")


def test_a_paused_app_signs_no_replay(person: Person) -> None:
    start(person)
    with tenant_scope(person.app.tenant_id):
        person.app.paused_at = clock.now()
        person.app.save()
    assert start(person).json()["code"] == "APP_PAUSED"


def test_a_repeated_completion_answers_alike(person: Person) -> None:
    started = start(person).json()
    send(started["upload"], PICTURE)
    path = f"/uploads/{started['id']}/complete"
    first = person.call("post", path, {}, Idempotency_Key="c")
    again = person.call("post", path, {}, Idempotency_Key="c")
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    other = person.call("post", path, {"parts": [{"number": 1, "etag": "x"}]}, Idempotency_Key="c")
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_CONFLICT")


def test_a_completion_that_came_too_early_may_come_again_under_its_key(person: Person) -> None:
    started = start(person).json()
    path = f"/uploads/{started['id']}/complete"
    assert person.call("post", path, {}, Idempotency_Key="c").json()["code"] == "UPLOAD_NOT_RECEIVED"
    send(started["upload"], PICTURE)
    assert person.call("post", path, {}, Idempotency_Key="c").status_code == 202


def test_a_claim_whose_holder_died_is_taken_over(person: Person) -> None:
    started = start(person).json()
    send(started["upload"], PICTURE)
    path = f"/uploads/{started['id']}/complete"
    person.call("post", path, {}, Idempotency_Key="c")
    with tenant_scope(person.app.tenant_id):
        claim = KeptAnswer.objects.filter(operation="POST uploadComplete")
        claim.update(answer=None, created_at=clock.now())
    waiting = person.call("post", path, {}, Idempotency_Key="c")
    assert (waiting.status_code, waiting.json()["code"]) == (409, "IDEMPOTENCY_IN_FLIGHT")
    assert waiting["Retry-After"] == "1"
    with tenant_scope(person.app.tenant_id):
        claim.update(created_at=clock.now() - idempotency.CLAIMED_FOR - timedelta(seconds=1))
    assert person.call("post", path, {}, Idempotency_Key="c").status_code == 202


def test_a_day_later_a_key_is_new(person: Person) -> None:
    first = start(person).json()
    with tenant_scope(person.app.tenant_id):
        KeptAnswer.objects.update(created_at=clock.now() - timedelta(hours=25))
    assert start(person).json()["id"] != first["id"]


def test_old_answers_are_forgotten_and_young_ones_kept(person: Person) -> None:
    start(person, "old")
    with tenant_scope(person.app.tenant_id):
        KeptAnswer.objects.update(created_at=clock.now() - timedelta(hours=25))
    start(person, "young")
    forget_old_keys()
    assert count(person, KeptAnswer) == 1


def test_a_replayed_link_is_a_new_one_and_needs_the_right_to_it(person: Person, filed: str) -> None:
    path = f"/files/{filed}/signed-url"
    first = person.call("post", path, {}, Idempotency_Key="s")
    again = person.call("post", path, {}, Idempotency_Key="s")
    assert again["Idempotent-Replayed"] == "true"
    assert again.json()["url"].startswith("http")
    assert first.status_code == again.status_code == 200
    assert count(person, AuditEvent, action=AuditAction.DOWNLOAD_URL_SIGNED) == 2
    narrow = person.call("post", path, {}, person.token(Action.FILES_LIST), Idempotency_Key="s")
    assert narrow.json()["code"] == "SCOPE_NOT_GRANTED"


def _caller(person: Person) -> Any:
    return Caller(verify(person.token()))


def _keyed() -> kept_answers.Keyed:
    return kept_answers.Keyed("uploadStart", b"k" * 32, b"a" * 32)
