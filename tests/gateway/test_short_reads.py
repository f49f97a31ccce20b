"""The short way of list and getSignedUrl: it answers as the long way does, in every point, and whatever isn't ordinary
goes the long way."""

import http.client
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from django.db import close_old_connections, connection
from prometheus_client import REGISTRY

from admission.connection import GuardedRedis
from admission.connection import connection as redis_connection
from admission.limits import Rate
from admission.models import Level
from admission.revocations import revoke
from admission.rules import lift_template_limit, limit_template
from audit import ledger, reading
from audit.models import AuditEvent
from config.language import spoken_to
from gateway.door.wsgi import Answer
from kernel import clock
from kernel.company import side_by_side
from policy.actions import Action
from storage.models import StoredFile
from tenancy.scoping import tenant_scope
from tests.counting import believed, counted
from tests.gateway import shelf
from tests.gateway.both_ways import OURS, House, Lines, require_alike
from tests.gateway.conftest import Person
from tests.gateway.served import served

LIST = "/api/v1/files"
NOBODYS = str(uuid.UUID(int=7))


def link_to(file_id: str) -> str:
    return f"{LIST}/{file_id}/signed-url"


@pytest.fixture
def lists(keeper: Person) -> House:
    """A house that knows the short way of lists, with some files."""
    for number in range(4):
        shelf.put(keeper, f"{number}.jpg", b"x" * (9 - number))
    for path in ("Trips/Rome/a.jpg", "Trips/Köln.jpg", "Trips & more/b.jpg"):
        shelf.put(keeper, path)
    house = House(keeper, "GET", LIST)
    assert house.learn(house.scope()).status == 200
    return house


@pytest.fixture
def links(keeper: Person) -> House:
    """A house that knows the short way of links, to one file."""
    house = House(keeper, path=link_to(shelf.put(keeper, "Trips/a.jpg")))
    assert house.learn(house.scope(), b"{}").status == 200
    return house


@dataclass
class Either:
    """What both have in common."""

    house: House
    body: bytes
    operation: str
    action: Action

    def alike(self, *lines: tuple[str, str], **facts: Any) -> Answer:
        return require_alike(self.house, self.house.scope(*lines, **facts), self.body)

    def short(self, *lines: tuple[str, str], **facts: Any) -> Answer | None:
        return self.house.short(self.house.scope(*lines, **facts), self.body)


@pytest.fixture(params=["list", "getSignedUrl"])
def either(request: pytest.FixtureRequest) -> Either:
    if request.param == "list":
        return Either(request.getfixturevalue("lists"), b"", "list", Action.FILES_LIST)
    return Either(request.getfixturevalue("links"), b"{}", "getSignedUrl", Action.FILES_READ)


@pytest.fixture
def slowed(keeper: Person) -> Iterator[None]:
    until = clock.now() + timedelta(minutes=5)
    limit_template("team-file-share", Rate(1, 1), until=until, actor="user:tests", reason="tests")
    yield
    lift_template_limit("team-file-share", actor="user:tests", reason="tests")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200), ("folder=", 200), ("folder", 200), ("limit=2", 200), ("sort=-size&limit=3", 200),
        ("sort=created", 200),
        ("folder=Trips", 200), ("folder=Trips%2FRome", 200), ("folder=Trips/Rome/", 200),
        ("folder=Trips+%26+more", 200),
        ("prefix=1", 200), (f"prefix={quote('K')}&folder=Trips&sort=-name", 200), (f"prefix={quote('ö')}", 200),
        ("prefix=%FF", 200), ("folder=%C3", 404), ("cursor=", 200), ("folder=nowhere", 404), ("folder=..%2Fup", 422),
        ("folder=%00", 422), ("limit=0", 422), ("limit=201", 422), ("limit=ten", 422), ("limit=1;sort=name", 422),
        ("sort=colour", 422),
        ("cursor=abc", 422), ("cursor=%2B%2F", 422), (f"prefix={'a' * 256}", 422), ("sort=size&prefix=a", 422),
        (f"folder={'a%2F' * 40}", 422),
    ],
)  # fmt: skip
def test_every_list_has_the_same_answer(lists: House, query: str, status: int) -> None:
    assert require_alike(lists, lists.scope(query=query)).status == status


def test_pages_go_on_alike(lists: House) -> None:
    query, seen = "limit=2&sort=-created", []
    while query:
        page = json.loads(require_alike(lists, lists.scope(query=query)).content)
        seen += [thing["name"] for thing in (*page["folders"], *page["files"])]
        query = f"limit=2&sort=-created&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    assert sorted(seen) == ["0.jpg", "1.jpg", "2.jpg", "3.jpg", "Trips", "Trips & more"]


def test_who_has_the_list_already_is_sent_nothing(lists: House) -> None:
    etag = dict(require_alike(lists, lists.scope()).headers)["etag"]
    other = dict(require_alike(lists, lists.scope(query="folder=Trips")).headers)["etag"]
    assert etag != other
    for known in (etag, f"W/{etag}", f'"x", {etag}'):
        answer = require_alike(lists, lists.scope(("if-none-match", known)))
        assert (answer.status, answer.content, dict(answer.headers)["etag"]) == (304, b"", etag)
        assert not {"content-type", "content-length"} & {name for name, _value in answer.headers}
    for unknown in ("*", "", "x", other):
        assert require_alike(lists, lists.scope(("if-none-match", unknown))).status == 200
    shelf.put(lists.person, "new.jpg")
    assert require_alike(lists, lists.scope(("if-none-match", etag))).status == 200


def test_a_folder_outside_the_tokens_is_refused_alike(lists: House) -> None:
    token = lists.person.token(Action.FILES_LIST, prefix="Trips")
    for query, status in (("folder=Trips", 200), ("folder=Trips%20%26%20more", 403), ("", 403)):
        assert require_alike(lists, lists.scope(token=token, query=query)).status == status


def test_a_list_that_is_out_of_the_ordinary_goes_the_long_way(lists: House) -> None:
    scope = lists.scope()
    assert lists.short(scope) is not None
    queries = [
        "a=1", "format=json", "folder=a&folder=b", "%66older=a", "folder=ä", "&", "limit=1&",
        f"prefix={'%20' * 3000}",
    ]  # fmt: skip
    other = [
        *[replace(scope, query_string=query) for query in queries],
        replace(scope, method="HEAD"), replace(scope, method="OPTIONS"), replace(scope, path=f"{LIST}/"),
        replace(scope, path=f"{LIST}/{NOBODYS}"), replace(scope, path="/api/v1/trash"),
    ]  # fmt: skip
    assert [lists.short(each) for each in other] == [None] * len(other)
    assert lists.short(scope, b"{}") is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{}", 200), (b' {"variant":"original"} ', 200), (b'{"variant":"thumbnail"}', 404),
        (b'{"variant":"preview"}', 404),
        (b'{"variant":"huge"}', 422), (b'{"a":1}', 422), (b"[]", 422), (b"{", 422), (b"null", 422),
        (b'{"variant":"original","variant":"original"}', 422), (b"[" * 5000, 422), (b"\xff", 422),
    ],
)  # fmt: skip
def test_every_wish_for_a_link_has_the_same_answer(links: House, body: bytes, status: int) -> None:
    assert require_alike(links, links.scope(), body).status == status


def test_a_link_without_a_body_is_learned_by_itself(links: House) -> None:
    bare = Lines(*links.scope().headers.lines[:2])
    scope = replace(links.scope(), headers=bare)
    assert [links.short(scope), links.short(links.scope())] == [None, None]
    links.learn(scope)
    assert require_alike(links, scope).status == 200
    assert links.short(scope, b"{}") is None  # a body of no kind is refused, the long way


def become(**facts: Any) -> Callable[[Person, str], None]:
    def change(keeper: Person, file_id: str) -> None:
        with tenant_scope(keeper.app.tenant_id):
            StoredFile.objects.filter(pk=file_id).update(**facts)

    return change


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (become(trashed_at=clock.now(), purge_at=clock.now()), 404), (become(locked_at=clock.now()), 409),
        (become(archived_at=clock.now(), archived_as="GLACIER"), 409),
        (become(archived_at=clock.now(), archived_as="GLACIER_IR"), 200),
        (become(name="Straße 1.jpg", content_type="image/png"), 200),
    ],
)  # fmt: skip
def test_whatever_a_file_is_the_answer_is_the_same(
    links: House, change: Callable[[Person, str], None], status: int
) -> None:
    file_id = shelf.put(links.person, "b.jpg")
    change(links.person, file_id)
    assert require_alike(links, links.scope(path=link_to(file_id)), b"{}").status == status


def test_a_file_of_nobody_or_of_another_app_is_not_there(links: House, stranger: Person) -> None:
    for file_id in (NOBODYS, shelf.put(stranger, "theirs.jpg")):
        assert require_alike(links, links.scope(path=link_to(file_id)), b"{}").status == 404


@pytest.mark.parametrize(("prefix", "status"), [("Trips", 200), ("Trip", 404), ("Trips/a.jpg", 404)])
def test_a_token_opens_what_is_within_its_folder_alike(links: House, prefix: str, status: int) -> None:
    token = links.person.token(Action.FILES_READ, prefix=prefix)
    assert require_alike(links, links.scope(token=token), b"{}").status == status


def test_each_link_is_on_the_record_once_under_its_request(links: House) -> None:
    assert require_alike(links, links.scope(("x-request-id", "from-a-proxy-1")), b"{}").status == 200
    links.short(links.scope(("x-request-id", "from-a-proxy-2")), b"{}")
    with tenant_scope(links.person.app.tenant_id):
        events = AuditEvent.objects.filter(action="gateway:download-url:signed", request_id__startswith="from-a-proxy-")
        assert sorted(events.values_list("request_id", flat=True)) == ["from-a-proxy-1"] * 2 + ["from-a-proxy-2"]


@pytest.mark.parametrize("begins_short", [True, False])
def test_a_key_means_the_same_request_on_both_ways(links: House, begins_short: bool) -> None:
    scope = links.scope(("idempotency-key", f'"{uuid.uuid4()}"'))
    ways = [links.short, links.long] if begins_short else [links.long, links.short]
    first, second = (way(scope, b"{}") for way in ways)
    assert first is not None
    assert second is not None
    assert (first.status, second.status) == (200, 200)
    headers = [{name.lower(): value for name, value in answer.headers} for answer in (first, second)]
    assert [each.get("idempotent-replayed") for each in headers] == [None, "true"]
    assert require_alike(links, scope, b'{"variant":"original"}').status == 422
    elsewhere = replace(scope, path=link_to(NOBODYS))
    assert require_alike(links, elsewhere, b"{}").status == 422


@pytest.mark.parametrize("key", ["", "a,b", "x" * 256, "ü"])
def test_a_key_that_is_none_is_refused_alike(links: House, key: str) -> None:
    assert require_alike(links, links.scope(("idempotency-key", key)), b"{}").status == 422


def test_a_link_that_is_out_of_the_ordinary_goes_the_long_way(links: House) -> None:
    scope = links.scope()
    other = [
        replace(scope, query_string="a=1"), replace(scope, query_string="folder=a"), replace(scope, method="GET"),
        replace(scope, path=scope.path.upper()), replace(scope, path=f"{scope.path}/"),
        replace(scope, path=f"{scope.path}\n"),
        replace(scope, path=link_to("x")), replace(scope, path=link_to(NOBODYS.replace("-", ""))),
        replace(scope, path=f"{LIST}/batch/signed-url"),
    ]  # fmt: skip
    assert [links.short(each, b"{}") for each in other] == [None] * len(other)
    assert links.short(scope, b" " * 64_001) is None


@pytest.mark.parametrize("token", ["none", "a.b.c", "e30.e30.e30"])
def test_what_is_no_token_is_refused_alike(either: Either, token: str) -> None:
    assert either.alike(token=token).status == 401


def test_a_token_for_something_else_is_refused_alike(either: Either) -> None:
    other = Action.FILES_WRITE
    assert either.alike(token=either.house.person.token(other)).status == 403
    assert either.alike(token=either.house.person.token(either.action)).status == 200


def test_a_stopped_token_is_refused_alike(either: Either) -> None:
    token, app = either.house.person.token(), either.house.person.app
    assert either.alike(token=token).status == 200
    with tenant_scope(app.tenant_id):
        revoke(Level.APP, str(app.pk), tenant_id=app.tenant_id, actor="user:tests", reason="tests")
    assert either.alike(token=token).status == 401


def test_a_rate_refuses_alike_and_the_door_is_told(either: Either, slowed: None) -> None:
    token = either.house.person.token()
    either.house.long(either.house.scope(token=token), either.body)
    answer = either.alike(token=token)
    assert answer.status == 429
    assert answer.refused is not None
    assert answer.refused.layer == "template"


def test_both_ways_speak_the_language_that_is_asked_for(either: Either) -> None:
    with spoken_to("de"):
        answer = either.alike(("accept-language", "de"), token=either.house.person.token(Action.FILES_WRITE))
    assert answer.status == 403
    assert "Diese" in json.loads(answer.content)["user_message"]


def test_another_website_host_or_spelling_goes_the_long_way(either: Either) -> None:
    house, scope = either.house, either.house.scope()
    lines = scope.headers.lines
    other = [
        replace(scope, scheme="https"), replace(scope, authority="elsewhere.example"),
        *[
            replace(scope, headers=Lines(*lines, line))
            for line in (
                ("origin", "https://elsewhere.example"), ("origin", "null"), ("content-type", "text/html"),
                ("authorization", "Bearer another"), ("x-forwarded-proto", "https"), ("host", "testserver"),
            )
        ],
        replace(scope, headers=Lines(("host", "elsewhere.example"), *lines[1:])),
        replace(scope, headers=Lines(lines[0], *lines[2:])),
    ]  # fmt: skip
    assert house.short(scope, either.body) is not None
    assert [house.short(each, either.body) for each in other] == [None] * len(other)


def test_a_page_of_ours_goes_the_short_way_too(either: Either) -> None:
    origin = ("origin", OURS)
    assert either.short(origin) is None
    either.house.learn(either.house.scope(origin), either.body)
    assert either.alike(origin).status == 200


def test_without_redis_nothing_is_listed_or_signed_on_either_way(either: Either, settings: Any) -> None:
    token = either.house.person.token()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    redis_connection.cache_clear()
    try:
        answer = either.alike(token=token)
    finally:
        redis_connection.cache_clear()
    assert answer.status == 503
    assert int(dict(answer.headers)["retry-after"]) >= 1


def test_a_lost_connection_to_postgresql_is_told_and_made_up_for(either: Either) -> None:
    scope = either.house.scope()
    with psycopg.connect(**connection.get_connection_params()) as another:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (mine,) = cursor.fetchone()
        another.execute("SELECT pg_terminate_backend(%s, 5000)", [mine])
    lost = either.house.short(scope, either.body)
    assert lost is not None
    assert lost.status == 503
    assert json.loads(lost.content)["code"] == "STORAGE_UNAVAILABLE"
    close_old_connections()  # as the door does before each company
    assert either.alike().status == 200


def test_it_is_counted_as_the_long_way_is(either: Either) -> None:
    def told_of(name: str, **labels: str) -> float:
        return REGISTRY.get_sample_value(name, {"operation": either.operation, **labels}) or 0

    def both() -> tuple[float, float]:
        done = told_of("gatehouse_request_seconds_count", answer="2xx")
        return done, told_of("gatehouse_problems_total", code="SCOPE_NOT_GRANTED")

    counts = [both()]
    for way in (either.house.long, either.house.short):
        for token in (None, either.house.person.token(Action.FILES_WRITE)):
            way(either.house.scope(token=token), either.body)
        counts.append(both())
    before, by_long, by_short = counts
    assert by_long == (before[0] + 1, before[1] + 1)
    assert by_short == (by_long[0] + 1, by_long[1] + 1)


def test_many_of_several_tenants_make_one_trip_and_each_sees_its_own(
    lists: House, stranger: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.put(stranger, "Trips/theirs.jpg")
    wishes = [
        (lists.scope(), 200), (lists.scope(token=stranger.token()), 200), (lists.scope(query="folder=nowhere"), 404),
        (lists.scope(query="folder=Trips"), 200), (lists.scope(token=stranger.token(), query="folder=Trips"), 200),
        (lists.scope(query="limit=0"), 422),
    ]  # fmt: skip
    alone = [lists.long(scope).content for scope, _status in wishes]
    ways = [lists.shortcut.way(scope, b"") for scope, _status in wishes]  # type: ignore[arg-type]
    with believed(monkeypatch):
        trips, readings = counted(monkeypatch, GuardedRedis, "ask_all"), counted(monkeypatch, reading, "run_together")
        answers = side_by_side([way for way in ways if way])
    assert (len(trips), len(readings)) == (1, 1)
    told = [answer for answer in answers if isinstance(answer, Answer)]
    assert [answer.status for answer in told] == [status for _scope, status in wishes]
    for answer, content in zip(told, alone, strict=True):
        if answer.status == 200:
            assert answer.content == content


def test_links_side_by_side_are_recorded_in_one_commit(links: House, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [link_to(shelf.put(links.person, f"{number}.jpg")) for number in range(5)]
    ways = [links.shortcut.way(links.scope(path=path), b"{}") for path in paths]  # type: ignore[arg-type]
    with believed(monkeypatch):
        trips, commits = counted(monkeypatch, GuardedRedis, "ask_all"), counted(monkeypatch, ledger, "_write_together")
        answers = side_by_side([way for way in ways if way])
    assert [answer.status for answer in answers if isinstance(answer, Answer)] == [200] * 5
    assert (len(trips), len(commits)) == (1, 1)


def test_over_one_connection_to_a_real_server_both_ways_say_the_same(person: Person, tmp_path: Path) -> None:
    file_id, headers = shelf.put(person, "Trips/a.jpg"), {"Authorization": f"Bearer {person.token()}"}
    with (
        served(tmp_path) as address,
        closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)) as client,
    ):

        def ask(method: str, path: str, **more: str) -> tuple[int, dict[str, str], bytes]:
            client.request(method, path, headers=headers | more)
            answer = client.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

        for method, path in (("GET", f"{LIST}?folder=Trips"), ("POST", link_to(file_id))):
            first, second = ask(method, path), ask(method, path)
            assert first[0] == second[0] == 200
            assert first[1].keys() == second[1].keys()
        etag = ask("GET", f"{LIST}?folder=Trips")[1]["etag"]
        for _time in range(2):
            status, told, content = ask("GET", f"{LIST}?folder=Trips", **{"If-None-Match": etag})
            assert (status, told["etag"], content) == (304, etag, b"")
            assert "content-type" not in told
        assert json.loads(ask("GET", LIST)[2])["folders"][0]["name"] == "Trips"
