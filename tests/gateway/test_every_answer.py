"""Whatever the status, an answer below /api/v1/ says how much room is left, is JSON, and says when to come again."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from admission.connection import connection
from broker import origins
from gateway.document.shared import RATE_HEADERS
from kernel.errors import CATALOGUE
from policy.actions import Action
from tenancy.principals import system_principal
from tenancy.scoping import tenant_scope
from tests.gateway import shelf
from tests.gateway.conftest import PICTURE, Person

WISH = {"path": "cat.jpg", "size": len(PICTURE), "content_type": "image/jpeg"}
NOWHERE = "/files/0190a2b4-0000-7000-8000-000000000001"
Ask = Callable[[Person], Any]


def asked(method: str, path: str, content: Any = None, *actions: Action, **headers: str) -> Ask:
    def ask(person: Person) -> Any:
        return person.call(method, path, content, person.token(*actions), **headers)

    return ask


def plainly(method: str, path: str, **headers: str) -> Ask:
    """By a client that keeps to no document."""

    def ask(person: Person) -> Any:
        sent = {"Authorization": f"Bearer {person.token()}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return Client(headers=sent, raise_request_exception=False).generic(method, f"/api/v1{path}")

    return ask


def known_already(person: Person) -> Any:
    etag = person.call("get", "/files")["ETag"]
    return person.call("get", "/files", If_None_Match=etag)


def completed_early(person: Person) -> Any:
    return person.call("post", f"/uploads/{person.start().json()['id']}/complete", {})


def deleted(person: Person) -> Any:
    return person.call("delete", f"/files/{shelf.put(person, 'a.jpg')}")


def asked_beforehand(website: str) -> Ask:
    def ask(person: Person) -> Any:
        with tenant_scope(person.app.tenant_id):
            origins.keep(person.app, ["https://listed.example"], actor=system_principal("tests"))
        return plainly("OPTIONS", "/files", Origin=website, Access_Control_Request_Method="GET")(person)

    return ask


def beyond_the_rate(person: Person) -> Any:
    token, answer = person.token(), None
    while answer is None or answer.status_code == 200:
        answer = person.call("post", "/files/batch/signed-url", {"items": [{"id": NOWHERE[7:]}] * 100}, token)
    return answer


def without_redis(person: Person) -> Any:
    token = person.token()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("django.conf.settings.REDIS_URL", "redis://127.0.0.1:1/0")
        connection.cache_clear()
        answer = person.call("get", "/files", token=token)
    connection.cache_clear()
    return answer


EVERY: list[tuple[int, Ask]] = [
    (200, asked("get", "/files")),
    (200, deleted),
    (200, plainly("HEAD", "/files")),
    (200, plainly("GET", "/files?format=xml", Accept="text/html")),
    (201, asked("post", "/uploads", WISH)),
    (204, asked_beforehand("https://listed.example")),
    (304, known_already),
    (401, lambda _person: Client().get("/api/v1/files")),
    (401, asked("get", "/files", None, Authorization="Bearer made-up")),
    (403, asked("get", "/files", None, Action.FILES_WRITE)),
    (403, asked_beforehand("https://elsewhere.example")),
    (403, plainly("GET", "/files", Origin="https://elsewhere.example")),
    (404, asked("get", NOWHERE)),
    (404, plainly("GET", "/nowhere")),
    (405, plainly("PUT", "/files")),
    (405, plainly("OPTIONS", "/files")),
    (409, completed_early),
    (413, asked("post", "/uploads", WISH | {"size": 10**12})),
    (415, asked("post", "/uploads", WISH | {"path": "a.exe", "content_type": "application/x-msdownload"})),
    (422, asked("post", "/uploads", {"path": "a.jpg"})),
    (422, plainly("GET", f"/files?{'a&' * 1_001}")),
    (422, plainly("GET", "/files", Host="evil.example")),
    (422, plainly("GET", "/files", Host="no host at all")),
    (429, beyond_the_rate),
    (503, without_redis),
]


@pytest.mark.parametrize(("status", "ask"), EVERY)
def test_every_answer_says_how_much_room_is_left(keeper: Person, status: int, ask: Ask) -> None:
    answer = ask(keeper)
    assert answer.status_code == status
    limit, remaining, reset = (int(answer[name]) for name in RATE_HEADERS[:3])
    assert 0 <= remaining <= limit
    assert reset >= 0
    policies = re.findall(r'"([a-z]+)";q=(\d+);w=(\d+)', answer["RateLimit-Policy"])
    rooms = re.findall(r'"([a-z]+)";r=(\d+);t=(\d+)', answer["RateLimit"])
    assert [name for name, *_ in policies] == [name for name, *_ in rooms] != []
    assert (limit, remaining) in [
        (int(quota), int(room)) for (_n, quota, _w), (_m, room, _t) in zip(policies, rooms, strict=True)
    ]


@pytest.mark.parametrize(("status", "ask"), [each for each in EVERY if each[0] >= 400 and each[0] != 403])
def test_every_refusal_is_a_problem_that_says_whether_waiting_helps(keeper: Person, status: int, ask: Ask) -> None:
    answer = ask(keeper)
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], answer["Cache-Control"]) == (status, "no-store")
    kind = CATALOGUE[problem["code"]]
    assert ("Retry-After" in answer) == (kind.retryable and problem["retry_after_s"] is not None)
    if status in {429, 503}:
        assert int(answer["Retry-After"]) == problem["retry_after_s"] >= 1
        assert int(answer["X-RateLimit-Reset"]) >= 0
