"""uploadStart as every upload takes it: one step in Redis, one statement, no query; and what stands in its way."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.actions import AuditAction
from audit.models import AuditEvent
from broker.revocation import revoke_app
from quotas.models import Quota, Reservation
from storage.models import Folder, Upload
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import PICTURE, Person, together


def limit(person: Person, **limits: int) -> None:
    with tenant_scope(person.app.tenant_id):
        quota = Quota.objects.get(app=person.app)
        for name, value in limits.items():
            setattr(quota, name, value)
        quota.save()


def counts(person: Person) -> dict[str, int]:
    with tenant_scope(person.app.tenant_id):
        signed = AuditEvent.objects.filter(action=AuditAction.UPLOAD_URL_SIGNED)
        return {
            "uploads": Upload.objects.count(),
            "reservations": Reservation.objects.count(),
            "events": signed.count(),
            "folders": Folder.objects.count(),
        }


def wish(**changes: Any) -> dict[str, Any]:
    return {"path": "cat.jpg", "size": len(PICTURE), "content_type": "image/jpeg"} | changes


def test_what_is_recorded_is_recorded_whole(person: Person) -> None:
    assert person.start(path="a/b/cat.jpg", metadata={"camera": "old"}, sha256="ab" * 32).status_code == 201
    assert counts(person) == {"uploads": 1, "reservations": 1, "events": 1, "folders": 2}
    with tenant_scope(person.app.tenant_id):
        upload = Upload.objects.select_related("folder", "reservation").get()
        event = AuditEvent.objects.get(action=AuditAction.UPLOAD_URL_SIGNED)
    assert (upload.folder.name, upload.reservation.size, upload.reservation.state) == ("b", len(PICTURE), "held")
    assert (upload.metadata, upload.declared_sha256, upload.state) == ({"camera": "old"}, "ab" * 32, "started")
    assert (event.subject, event.detail["token"]) == (f"upload:{upload.pk}", upload.token_id)


@pytest.mark.parametrize(
    ("limits", "code"), [({"bytes_limit": 10}, "QUOTA_APP_EXCEEDED"), ({"objects_limit": 0}, "QUOTA_APP_EXCEEDED")]
)
def test_a_full_app_is_refused_whole_and_at_once_again(person: Person, limits: dict[str, int], code: str) -> None:
    limit(person, **limits)
    before = counts(person)
    for _ in range(2):
        refused = person.start(path="new/folder/cat.jpg")
        assert (refused.status_code, refused.json()["code"]) == (403, code)
    assert counts(person) == before
    assert person.held() == (0, 0)


def test_a_raised_limit_is_noticed_at_once(person: Person) -> None:
    limit(person, bytes_limit=10)
    assert person.start().status_code == 403
    limit(person, bytes_limit=10**6)
    assert person.start().status_code == 201


def test_a_full_workspace_is_told_by_its_name(person: Person) -> None:
    with tenant_scope(person.app.tenant_id):
        Quota.objects.filter(app=None).update(bytes_limit=10)
    refused = person.start()
    assert (refused.status_code, refused.json()["code"]) == (403, "QUOTA_WORKSPACE_EXCEEDED")
    assert "Acme" in refused.json()["user_message"]
    assert person.held() == (0, 0)


def test_uploads_at_once_never_hold_more_than_there_is(person: Person) -> None:
    limit(person, bytes_limit=len(PICTURE) * 5)
    token = person.token()
    answers: list[Any] = []
    together(lambda: answers.append(person.call("post", "/uploads", wish(), token)), 12)
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [403] * 7
    assert person.held() == (len(PICTURE) * 5, 0)
    assert counts(person)["uploads"] == counts(person)["events"] == 5


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 400), st.sampled_from(["", "a", "a/b"])), min_size=1, max_size=6))
def test_what_is_held_is_what_was_let_in(person: Person, wanted: list[tuple[int, str]]) -> None:
    with tenant_scope(person.app.tenant_id):
        quota = Quota.objects.get(app=person.app)
    room = 1000
    limit(person, bytes_limit=quota.bytes_held + room)
    token, let_in = person.token(), 0
    for size, folder in wanted:
        answer = person.call("post", "/uploads", wish(path=f"{folder}/cat.jpg".lstrip("/"), size=size), token)
        fits = let_in + size <= room
        assert (answer.status_code == 201) is fits
        let_in += size if fits else 0
    assert person.held()[0] == quota.bytes_held + let_in


def test_a_paused_app_is_refused_by_the_snapshot_that_the_gate_names(person: Person) -> None:
    token = person.token()
    assert person.call("post", "/uploads", wish(), token).status_code == 201
    with tenant_scope(person.app.tenant_id):
        app = MicroApp.objects.get(pk=person.app.pk)
        app.paused_at = app.created_at
        app.save()
    refused = person.call("post", "/uploads", wish(), token)
    assert (refused.status_code, refused.json()["code"]) == (403, "APP_PAUSED")


@pytest.mark.parametrize("content", [b"{", b"", b'{"path":"x"}', b'{"path":"x.jpg","size":-1,"content_type":"a/b"}'])
def test_a_bad_request_pays_too_and_a_dead_token_is_told_first(person: Person, content: bytes) -> None:
    token = person.token()
    first = raw(person, token, content)
    assert first.status_code == 422
    assert int(first["X-RateLimit-Remaining"]) < int(first["X-RateLimit-Limit"])
    with tenant_scope(person.app.tenant_id):
        revoke_app(person.app, actor="user:somebody", reason="a test")
    assert raw(person, token, content).json()["code"] == "KEY_REVOKED"


def raw(person: Person, token: str, content: bytes) -> Any:
    client = Client(headers={"Authorization": f"Bearer {token}"})
    return client.post("/api/v1/uploads", content, content_type="application/json")
