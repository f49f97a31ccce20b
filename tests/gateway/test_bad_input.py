"""Whatever is sent, the answer is a problem that says what is wrong; nothing is held, stored or written for it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from audit.models import AuditEvent
from kernel.errors import CATALOGUE
from storage.models import Upload
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import PICTURE, Person, new_person

GOOD = {"path": "cat.jpg", "size": len(PICTURE), "content_type": "image/jpeg"}
MISSING = object()


@pytest.fixture(scope="module")
def victim(django_db_setup: None, django_db_blocker: Any, bucket: None) -> Iterator[tuple[Person, str]]:
    """One app for all that is refused: afterwards it is as it was."""
    with django_db_blocker.unblock():
        person = new_person()
        yield person, person.token()
        connections.close_all()


def post(
    victim: tuple[Person, str], path: str, body: Any, content_type: str = "application/json", **headers: str
) -> Any:
    client = Client(headers={"Authorization": f"Bearer {victim[1]}", **headers}, raise_request_exception=False)
    content = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.post(f"/api/v1{path}", content, content_type=content_type)


def is_told(answer: Any, status: int, code: str) -> bool:
    """The right problem, whole: RFC 9457's members and ours, and words for a person."""
    problem = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert (problem["status"], problem["title"]) == (answer.status_code, CATALOGUE[problem["code"]].title)
    assert problem["type"] == f"/help/errors/{problem['code']}/"
    assert problem["user_message"]
    assert problem["remedy"]["label"]
    assert problem["request_id"] == answer["X-Request-Id"]
    assert (answer.status_code, problem["code"]) == (status, code), problem
    return True


def state_of(person: Person) -> tuple[Any, ...]:
    with tenant_scope(person.app.tenant_id):
        return person.held(), Upload.objects.count(), AuditEvent.objects.exclude(action__startswith="broker").count()


@pytest.mark.parametrize(
    ("size", "status", "code"),
    [
        (0, 422, "FILE_EMPTY"), (-1, 422, "VALIDATION"), (-(2**63), 422, "VALIDATION"), (MISSING, 422, "VALIDATION"),
        (None, 422, "VALIDATION"), (True, 422, "VALIDATION"), ("12", 422, "VALIDATION"), (1.5, 422, "VALIDATION"),
        ([], 422, "VALIDATION"), ({}, 422, "VALIDATION"), (15_000_001, 413, "FILE_TOO_LARGE"),
        (5 * 10**12, 413, "FILE_TOO_LARGE"), (2**63, 422, "VALIDATION"), (10**400, 422, "VALIDATION"),
    ],
)  # fmt: skip
def test_a_size_that_can_not_be(victim: tuple[Person, str], size: Any, status: int, code: str) -> None:
    before = state_of(victim[0])
    wish = {**GOOD, "size": size} if size is not MISSING else {"path": "cat.jpg", "content_type": "image/jpeg"}
    assert is_told(post(victim, "/uploads", wish), status, code)
    assert state_of(victim[0]) == before


@pytest.mark.parametrize("size", ["1e2", "100.0", "NaN", "Infinity", "-0", "0x10", "1_000", "١٢", "+5"])
def test_a_number_in_another_spelling(victim: tuple[Person, str], size: str) -> None:
    before = state_of(victim[0])
    raw = f'{{"path": "cat.jpg", "content_type": "image/jpeg", "size": {size}}}'
    answer = post(victim, "/uploads", raw)
    assert answer.status_code == 422
    assert answer.json()["code"] in {"VALIDATION", "FILE_EMPTY"}
    assert state_of(victim[0]) == before


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("IMAGE/JPEG", 201), ("image/jpeg; charset=binary", 201), ("image/jpeg;q=1; a=b", 201), (" image/jpeg ", 201),
        ("", 201), ("image/jpg", 201), ("text/html", 415), ("text/html; image/jpeg", 415),
        ("image/jpeg, text/html", 415),
        ("image/*", 415), ("*/*", 415), ("image", 415), ("image/", 415), ("/jpeg", 415), ("ímage/jpeg", 415),
        ("image/jp\u0435g", 415), ("image/jpeg\u0000", 415), ("image/jpeg\r\nX-Evil: 1", 415), ("x" * 300, 422),
        ("image/svg+xml", 415), ("application/x-msdownload", 415),
    ],
)  # fmt: skip
def test_a_content_type_in_any_spelling_is_the_one_type_that_it_means_or_refused(
    victim: tuple[Person, str], content_type: str, status: int
) -> None:
    answer = post(victim, "/uploads", {**GOOD, "content_type": content_type})
    if answer.status_code == 201:
        assert status == 201, answer.json()
        assert answer.json()["upload"]["fields"]["Content-Type"] == "image/jpeg"
    else:
        assert answer.status_code in {status, 422}, answer.json()
        assert is_told(answer, answer.status_code, answer.json()["code"])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "Send a JSON object"), (b"null", "object"), (b"[]", "object"), (b'"text"', "object"), (b"42", "object"),
        (b"{", "not JSON"), (b"{}{}", "not JSON"), (b'{"a":1,}', "not JSON"), (b"\xff\xfe{\x00}\x00", "UTF-8"),
        (b"\xef\xbb\xbf{}", "not JSON"), (b'{"path":"\xff"}', "UTF-8"), (b'{"path":"\\ud800"}', ""),
        (b'{"path":"a\\u0000b","size":1,"content_type":"image/jpeg"}', ""), (b"\x00" * 100, "not JSON"),
        (b"[" * 50_000, ""), (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, ""),
        (b'{"a":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}', "deep"),
        (b'{"path":"a.jpg","path":"b.jpg","size":1,"content_type":"image/jpeg"}', "twice"),
        (b'{"size":1,"path":"a.jpg","content_type":"image/jpeg","metadata":{"a":"1","a":"2"}}', "twice"),
        (b"1" * 60_000, ""), (b'{"size":' + b"9" * 5_000 + b"}", ""), (b" " * 64_001, "64,000"),
        (b"x" * 10_000_000, "64,000"), (b"path=cat.jpg&size=1", "not JSON"), (b"<upload/>", "not JSON"),
    ],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else value,
)  # fmt: skip
def test_a_body_that_is_not_one_json_object(victim: tuple[Person, str], body: bytes, words: str) -> None:
    before = state_of(victim[0])
    answer = post(victim, "/uploads", body)
    assert is_told(answer, 422, "VALIDATION")
    assert words in answer.json()["detail"]
    assert state_of(victim[0]) == before
