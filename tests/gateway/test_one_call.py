"""A program brings a file in with one call to the gateway and one to storage."""

import base64
import json
from typing import Any

import pytest
from django.test import Client

from broker.clients import make_secret
from broker.subjects import SESSION
from policy.actions import Action
from tenancy.principals import user_principal
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import PICTURE, Person, send

WISH = {"path": "cat.jpg", "size": len(PICTURE), "content_type": "image/jpeg"}


def ask(content: dict[str, Any], **headers: str) -> Any:
    body = json.dumps(content)
    return Client(headers=headers).post("/api/v1/request-upload", body, content_type="application/json")


def basic(person: Person) -> str:
    with tenant_scope(person.app.tenant_id):
        secret = make_secret(person.app, actor=user_principal(person.user.pk))
    return "Basic " + base64.b64encode(f"{person.app.publishable_id}:{secret}".encode()).decode()


def test_a_server_app_uploads_with_one_call(person: Person) -> None:
    answer = ask(WISH, Authorization=basic(person))
    assert answer.status_code == 201
    given = answer.json()
    assert given["token"]["scope"] == "files:write"
    assert "refresh_token" not in given["token"]
    assert int(answer["X-RateLimit-Remaining"]) < int(answer["X-RateLimit-Limit"])
    assert send(given["upload"], PICTURE).status_code == 201
    done = person.call("post", f"/uploads/{given['id']}/complete", {}, given["token"]["access_token"])
    assert (done.status_code, done.json()["state"]) == (202, "received")


def test_a_token_may_be_narrowed_and_used_in_one_call(person: Person) -> None:
    answer = ask({**WISH, "subject_token": person.token(), "audience": person.app.publishable_id})
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"size": 10**12}, 413, "FILE_TOO_LARGE"),
        ({"content_type": "text/html", "path": "a.html"}, 415, "FILE_TYPE_NOT_ALLOWED"),
        ({"subject_token": "", "path": "a.jpg"}, 422, "VALIDATION"),
        ({"subject_token": "nonsense"}, 404, "NOT_FOUND"),
        ({"subject_token_type": SESSION}, 401, "KEY_REVOKED"),
        ({"subject_token_type": "urn:strange"}, 401, "KEY_REVOKED"),
        ({"audience": "app_00000000000000000000"}, 404, "NOT_FOUND"),
    ],
)
def test_what_is_wrong_is_told_as_a_problem(person: Person, changes: dict[str, Any], status: int, code: str) -> None:
    subject = {"subject_token": person.token(), "audience": person.app.publishable_id if len(changes) == 1 else ""}
    if changes.get("subject_token") == "nonsense":
        subject["audience"] = ""
    answer = ask({**WISH, **subject, **changes})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert person.held() == (0, 0)


def test_a_wrong_secret_is_refused(person: Person) -> None:
    wrong = base64.b64encode(f"{person.app.publishable_id}:ghs_wrong".encode()).decode()
    answer = ask(WISH, Authorization=f"Basic {wrong}")
    assert (answer.status_code, answer.json()["code"]) == (401, "KEY_REVOKED")


def test_a_token_that_may_only_list_adds_nothing(person: Person) -> None:
    answer = ask({**WISH, "subject_token": person.token(Action.FILES_LIST)})
    assert (answer.status_code, answer.json()["code"]) == (403, "SCOPE_NOT_GRANTED")
