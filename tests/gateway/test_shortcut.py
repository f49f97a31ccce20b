"""The short way of an ordinary start: it answers as the long way does, in every point, and whatever isn't ordinary
goes the long way."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from admission.connection import GuardedRedis
from admission.limits import Rate
from admission.models import Level
from admission.revocations import revoke
from admission.rules import lift_template_limit, limit_template
from audit import ledger
from audit.models import AuditEvent
from config.language import spoken_to
from gateway.door.wsgi import Answer
from kernel import clock
from kernel.company import side_by_side
from policy.actions import Action
from storage.models import Upload
from tenancy.scoping import tenant_scope
from tests.counting import believed, counted
from tests.gateway.both_ways import OURS, House, Lines, require_alike
from tests.gateway.conftest import PICTURE, Person

WISH = {"path": "cat.jpg", "size": len(PICTURE), "content_type": "image/jpeg"}


@pytest.fixture
def house(person: Person) -> House:
    made = House(person)
    assert made.learn(made.scope(), body_of()).status == 201
    return made


@pytest.fixture
def slowed(person: Person) -> Iterator[None]:
    until = clock.now() + timedelta(minutes=5)
    limit_template("team-photo-share", Rate(1, 1), until=until, actor="user:tests", reason="tests")
    yield
    lift_template_limit("team-photo-share", actor="user:tests", reason="tests")


def body_of(**changes: Any) -> bytes:
    return json.dumps(WISH | changes).encode()


def test_a_start_is_answered_and_recorded_as_by_the_long_way(house: House) -> None:
    answer = require_alike(house, house.scope(("x-request-id", "from-a-proxy-1")), body_of())
    assert answer.status == 201
    assert dict(answer.headers)["x-request-id"] == "from-a-proxy-1"
    with tenant_scope(house.person.app.tenant_id):
        upload = Upload.objects.get(pk=json.loads(answer.content)["id"])
        events = AuditEvent.objects.filter(subject=f"upload:{upload.id}")
        assert [(event.action, event.request_id) for event in events] == [
            ("gateway:upload-url:signed", "from-a-proxy-1")
        ]


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b'{"path":"a.jpg","path":"b.jpg","size":1,"content_type":"image/jpeg"}',
        body_of(size=-1), body_of(size=0), body_of(size=10**15), body_of(path="../x.jpg"),
        body_of(content_type="text/html"), body_of(unknown=1), body_of(replace=True),
        body_of(multipart=True), body_of(path="deep/er/cat.jpg"),
        body_of(sha256="0" * 64), body_of(metadata={"place": "Köln"}),
    ],
)  # fmt: skip
def test_every_wish_has_the_same_answer(house: House, body: bytes) -> None:
    require_alike(house, house.scope(), body)


@pytest.mark.parametrize("key", ["plain", '"quoted"', "", "a,b", "x" * 256, "ü"])
def test_a_key_is_read_alike_and_one_request_is_done_once(house: House, key: str) -> None:
    scope = house.scope(("idempotency-key", key))
    first, second = house.long(scope, body_of()), house.short(scope, body_of())
    assert second is not None
    assert second.status == first.status
    if first.status == 201:
        assert dict(second.headers)["idempotent-replayed"] == "true"
        assert json.loads(second.content)["id"] == json.loads(first.content)["id"]
    conflict = require_alike(house, scope, body_of(size=1))
    assert conflict.status in {409, 422}


@pytest.mark.parametrize("token", ["none", "a.b.c", "e30.e30.e30"])
def test_what_is_no_token_is_refused_alike(house: House, token: str) -> None:
    assert require_alike(house, house.scope(token=token), body_of()).status == 401


def test_a_token_for_reading_alone_starts_nothing(house: House) -> None:
    scope = house.scope(token=house.person.token(Action.FILES_LIST))
    assert require_alike(house, scope, body_of()).status == 403


def test_a_stopped_token_is_refused_alike(house: House) -> None:
    token = house.person.token()
    assert require_alike(house, house.scope(token=token), body_of()).status == 201
    app = house.person.app
    with tenant_scope(app.tenant_id):
        revoke(Level.APP, str(app.pk), tenant_id=app.tenant_id, actor="user:tests", reason="tests")
    assert require_alike(house, house.scope(token=token), body_of()).status == 401


def test_both_ways_speak_the_language_that_is_asked_for(house: House) -> None:
    scope = house.scope(("accept-language", "de"))
    with spoken_to("de"):
        answer = require_alike(house, scope, body_of(size=10**10))
        long = house.long(scope, body_of(size=10**10))
    words = json.loads(answer.content)["user_message"]
    assert words == json.loads(long.content)["user_message"]
    assert "Diese App" in words


def test_a_rate_refuses_alike_and_the_door_is_told(house: House, slowed: None) -> None:
    scope = house.scope()
    house.long(scope, body_of())
    answer = require_alike(house, scope, body_of())
    assert answer.status == 429
    assert dict(answer.headers)["retry-after"].isdecimal()
    assert answer.refused is not None
    assert answer.refused.layer == "template"


def test_what_is_out_of_the_ordinary_goes_the_long_way(house: House) -> None:
    scope, body = house.scope(), body_of()
    lines = scope.headers.lines
    assert house.short(scope, body) is not None
    other = [
        replace(scope, method="GET"),
        replace(scope, path="/api/v1/uploads/"),
        replace(scope, path=f"/api/v1/uploads/{uuid.uuid4()}"),
        replace(scope, query_string="a=1"),
        replace(scope, scheme="https"),
        replace(scope, authority="elsewhere.example"),
        replace(scope, headers=Lines(*lines, ("authorization", "Bearer another"))),
        replace(scope, headers=Lines(*lines, ("origin", "https://elsewhere.example"))),
        replace(scope, headers=Lines(*lines, ("origin", "null"))),
        replace(scope, headers=Lines(("host", "elsewhere.example"), *lines[1:])),
        replace(scope, headers=Lines(*lines[:2], ("content-type", "text/plain"))),
        replace(scope, headers=Lines(lines[0], lines[2])),
    ]
    assert [house.short(each, body) for each in other] == [None] * len(other)
    assert [house.short(scope, body) for body in (b"", b" " * 64_001)] == [None, None]


def test_a_page_of_ours_goes_the_short_way_too(house: House) -> None:
    origin = ("origin", OURS)
    assert house.short(house.scope(origin), body_of()) is None
    house.learn(house.scope(origin), body_of())
    assert require_alike(house, house.scope(origin), body_of()).status == 201


def test_many_spellings_take_nobodys_place_for_long(house: House) -> None:
    for number in range(64):
        house.learn(house.scope(("x-forwarded-proto", f"spelling {number}")), body_of())
    assert house.short(house.scope(), body_of()) is None
    house.learn(house.scope(), body_of())
    assert house.short(house.scope(), body_of()) is not None


@pytest.mark.parametrize("own", ["Set-Cookie", "Link", "Content-Language", "Retry-Elsewhere"])
def test_an_answer_with_a_header_that_nobody_thought_of_teaches_nothing(person: Person, own: str) -> None:
    house = House(person)
    scope, body = house.scope(), body_of()
    answer = house.long(scope, body)
    special = replace(answer, headers=[*answer.headers, (own, "its own")])
    house.shortcut.learn(scope, body, special)  # type: ignore[arg-type]
    assert house.short(scope, body) is None
    house.shortcut.learn(scope, body, answer)  # type: ignore[arg-type]
    assert house.short(scope, body) is not None


def test_only_a_new_start_teaches(person: Person) -> None:
    house = House(person)
    key = ("idempotency-key", "once")
    assert house.long(house.scope(key), body_of()).status == 201
    for lines, body in (([key], body_of()), ([], body_of(size=0))):
        house.learn(house.scope(*lines), body)
    assert house.short(house.scope(), body_of()) is None


def test_starts_side_by_side_make_one_trip_and_one_commit(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    scope, bodies = house.scope(), [body_of(path=f"{number}.jpg") for number in range(9)]
    wishes = [*bodies, body_of(size=0), body_of(path="folder/that/is/missing.jpg")]
    ways = [house.shortcut.way(scope, body) for body in wishes]  # type: ignore[arg-type]
    with believed(monkeypatch):
        trips, commits = counted(monkeypatch, GuardedRedis, "ask_all"), counted(monkeypatch, ledger, "_write_together")
        answers = side_by_side([way for way in ways if way])
    assert [answer.status for answer in answers if isinstance(answer, Answer)] == [201] * 9 + [422, 201]
    assert len(trips) == 1
    assert len(commits) == 2  # the missing folder is made in between
    with tenant_scope(house.person.app.tenant_id):
        names = Upload.objects.filter(name__endswith=".jpg").values_list("name", flat=True)
        assert {f"{number}.jpg" for number in range(9)} | {"missing.jpg"} <= set(names)


def test_a_quota_is_kept_to_the_byte_side_by_side(house: House) -> None:
    with tenant_scope(house.person.app.tenant_id):
        quota = house.person.app.quota
        quota.refresh_from_db()
        free = quota.bytes_limit - quota.bytes_used - quota.bytes_held
        quota.bytes_limit -= free - 5 * len(PICTURE)
        quota.save(update_fields=["bytes_limit"])
    scope = house.scope()
    ways = [house.shortcut.way(scope, body_of(path=f"{number}.jpg")) for number in range(8)]  # type: ignore[arg-type]
    answers = [answer for answer in side_by_side([way for way in ways if way]) if isinstance(answer, Answer)]
    assert sorted(answer.status for answer in answers) == [201] * 5 + [403] * 3


def test_it_is_counted_as_the_long_way_is(house: House) -> None:
    def told_of(name: str, **labels: str) -> float:
        return REGISTRY.get_sample_value(name, {"operation": "uploadStart", **labels}) or 0

    started = told_of("gatehouse_request_seconds_count", answer="2xx")
    refused = told_of("gatehouse_problems_total", code="FILE_TOO_LARGE")
    house.short(house.scope(), body_of())
    house.short(house.scope(), body_of(size=10**10))
    assert told_of("gatehouse_request_seconds_count", answer="2xx") == started + 1
    assert told_of("gatehouse_problems_total", code="FILE_TOO_LARGE") == refused + 1
