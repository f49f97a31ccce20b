"""The door of a web process: who comes first, who is asked to come back, and that slow clients keep nobody waiting."""

import concurrent.futures
import http.client
import itertools
import json
import os
import socket
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from embedded.management import PROJECT
from embedded.ports import Ports
from embedded.process import Process, stop_all
from gateway.document.shared import RATE_HEADERS
from gateway.door.priorities import PATIENCE, SHARE, Priority, is_of_sandbox, priority_of
from gateway.door.waiting_room import WaitingRoom
from marketplace import snapshots
from tenancy.models import Workspace, WorkspaceKind
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import Person

GRANIAN = "granian --interface rsgi --loop uvloop --no-ws --workers 1 --host 127.0.0.1 --log-level warning"


@pytest.mark.parametrize(
    ("method", "path", "priority"),
    [
        ("GET", "/livez", Priority.HEALTH), ("GET", "/readyz", Priority.HEALTH),
        ("POST", "/api/v1/uploads/1/complete", Priority.FINISH), ("POST", "/api/v1/uploads/1/abort", Priority.FINISH),
        ("POST", "/api/v1/uploads/batch/complete", Priority.FINISH), ("POST", "/oauth/revoke", Priority.FINISH),
        ("POST", "/oauth/revocations", Priority.FINISH), ("POST", "/hooks/storage", Priority.FINISH),
        ("POST", "/apps/photos/keys/revoke/", Priority.FINISH),
        ("POST", "/platform/controls/access/", Priority.FINISH),
        ("GET", "/api/v1/uploads/1", Priority.READ), ("POST", "/api/v1/files/1/signed-url", Priority.READ),
        ("POST", "/oauth/introspect", Priority.READ), ("GET", "/apps/", Priority.READ),
        ("POST", "/api/v1/uploads", Priority.WRITE), ("POST", "/oauth/token", Priority.WRITE),
        ("DELETE", "/api/v1/files/1", Priority.WRITE),
        ("GET", "/api/v1/files", Priority.LIST), ("GET", "/api/v1/trash", Priority.LIST),
        ("GET", "/api/v1/uploads/1/complete", Priority.READ),
    ],
)  # fmt: skip
def test_what_ends_something_goes_before_what_begins_something(method: str, path: str, priority: Priority) -> None:
    assert priority_of(method, path) is priority


def test_several_are_taken_at_once_in_their_order_and_none_is_waited_for() -> None:
    waiting, _clock = room(threads=1)
    for number, priority in enumerate((Priority.WRITE, Priority.SANDBOX, Priority.WRITE)):
        assert waiting.enter(priority, str(number)) == 0
    assert [taken.job for taken in waiting.take_several(2)] == ["0", "2"]
    assert [taken.job for taken in waiting.take_several(2)] == ["1"]


def test_the_more_urgent_have_more_room_and_are_waited_for_longer() -> None:
    order = list(Priority)[1:]
    for urgent, other in itertools.pairwise(order):
        assert SHARE[urgent] > SHARE[other]
        assert PATIENCE[urgent] > PATIENCE[other]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def room(threads: int = 1, places: int = 10) -> tuple[WaitingRoom[str], Clock]:
    clock = Clock()
    return WaitingRoom(threads, places, clock), clock


def test_who_waits_is_taken_by_urgency_and_then_in_order() -> None:
    waiting, _clock = room()
    for priority, name in (
        (Priority.LIST, "l"),
        (Priority.WRITE, "w1"),
        (Priority.FINISH, "f"),
        (Priority.WRITE, "w2"),
    ):
        assert waiting.enter(priority, name) == 0
    assert [waiting.take().job for _ in range(4)] == ["f", "w1", "w2", "l"]


def test_a_room_that_is_full_for_lists_still_takes_who_finishes() -> None:
    waiting, _clock = room()
    while not waiting.enter(Priority.LIST, "list"):
        pass
    assert waiting.enter(Priority.WRITE, "write") == waiting.enter(Priority.FINISH, "complete") == 0


def test_whoever_would_wait_too_long_is_told_at_once_when_to_come_back() -> None:
    waiting, clock = room(places=1000)
    for _ in range(200):  # answers take a second now
        waiting.enter(Priority.READ, "slow")
        waiting.take()
        clock.now += 1
        waiting.leave(1.0)
    assert waiting.enter(Priority.WRITE, "first") == 0
    assert waiting.enter(Priority.WRITE, "second") >= 1
    assert waiting.enter(Priority.FINISH, "complete") == 0


def test_whoever_waited_too_long_costs_no_thread() -> None:
    waiting, clock = room()
    waiting.enter(Priority.LIST, "patient")
    clock.now = PATIENCE[Priority.LIST] + 0.1
    taken = waiting.take()
    assert taken.come_back_in >= 1
    waiting.leave(None)
    waiting.enter(Priority.LIST, "next")
    assert waiting.take().come_back_in == 0


def test_with_a_free_thread_nobody_is_turned_away_however_slow_answers_are() -> None:
    waiting, _clock = room(threads=2, places=0)
    for _ in range(50):
        assert waiting.enter(Priority.SANDBOX, "x") == 0
        waiting.take()
        waiting.leave(60.0)


def test_only_a_known_sandboxes_token_goes_last(person: Person) -> None:
    token = person.token()
    assert person.call("get", "/files", token=token).status_code == 200
    assert not is_of_sandbox(f"Bearer {token}")
    with tenant_scope(person.app.tenant_id):
        Workspace.objects.filter(pk=person.app.workspace_id).update(kind=WorkspaceKind.SANDBOX)
    snapshots.read(person.app.tenant_id, person.app.id)
    assert is_of_sandbox(f"Bearer {token}")
    for nonsense in ("", "Bearer", "Bearer x", "Bearer a.b.c", "Bearer a.W10.c", "Bearer a.eyJhcHAiOjF9.c", "x" * 9999):
        assert not is_of_sandbox(nonsense)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("house")
    port = Ports(folder / "ports.json").port("web")
    command = [sys.executable, "-m", *GRANIAN.split(), "--port", str(port), "tests.gateway.slow_house:application"]
    environment = {**os.environ, "PYTHONPATH": f"{PROJECT}:{PROJECT / 'platform'}"}
    server = Process("House", command, folder / "log", folder=PROJECT, environment=environment)
    server.start()
    try:
        server.wait_until(lambda: is_up(port), 30)
        yield port
    finally:
        stop_all([server])


def is_up(port: int) -> bool:
    try:
        return ask(port, "GET", "/echo")[0] == 200
    except OSError:
        return False


def ask(
    port: int, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, str], bytes, float]:
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    told = {name.lower(): value for name, value in answer.getheaders()}
    connection.close()
    return answer.status, told, content, time.monotonic() - begun


def test_a_burst_of_lists_is_shed_at_once_while_uploads_are_completed(house: int) -> None:
    def one(number: int) -> tuple[str, int, dict[str, str], float]:
        kind = "complete" if number % 20 == 0 else "list"
        wanted = ("POST", "/api/v1/uploads/1/complete") if kind == "complete" else ("GET", "/api/v1/files")
        status, told, _content, took = ask(house, *wanted)
        return kind, status, told, took

    with concurrent.futures.ThreadPoolExecutor(80) as crowd:
        answers = list(crowd.map(one, range(160)))
    completed = [each for each in answers if each[0] == "complete"]
    listed = [each for each in answers if each[0] == "list"]
    assert {status for _kind, status, _told, _took in completed} == {200}
    shed = [told for _kind, status, told, _took in listed if status == 503]
    assert len(shed) > len(listed) / 2
    assert all(int(told["retry-after"]) >= 1 for told in shed)
    assert {status for _kind, status, _told, _took in listed} == {200, 503}
    assert max(took for _kind, status, _told, took in answers if status == 200) < 3


def test_who_asks_again_in_spite_of_a_full_rate_is_told_so_by_the_door(house: int) -> None:
    headers = {"Authorization": "Bearer a", "Origin": "https://app.example"}
    paths = [f"/api/v1/limited/{uuid.uuid4()}" for _ in range(20)]
    first, *others = [ask(house, "POST", path, **headers) for path in paths]
    assert (first[0], first[2]) == (429, b"1")
    for status, told, content, _took in others:
        problem = json.loads(content)
        assert (status, problem["code"], problem["retry_after_s"]) == (429, "TEMPLATE_THROTTLED", 1)
        assert (told["retry-after"], told["x-ratelimit-remaining"]) == ("1", "0")
        assert told["access-control-allow-origin"] == "https://app.example"
        assert told["x-request-id"] == problem["request_id"]
    german = json.loads(ask(house, "POST", paths[0], **headers, **{"Accept-Language": "de"})[2])
    assert german["user_message"] != problem["user_message"]
    another = ask(house, "POST", paths[0], Authorization="Bearer b")
    assert (another[0], another[2]) == (429, b"2")  # nobody knows yet that this token's rate is the same


def test_a_refusal_is_told_in_the_askers_own_way(house: int) -> None:
    with concurrent.futures.ThreadPoolExecutor(60) as crowd:
        api = list(crowd.map(lambda _: ask(house, "GET", "/api/v1/files", **{"X-Request-Id": "by-a-proxy"}), range(60)))
        pages = list(crowd.map(lambda _: ask(house, "GET", "/apps/"), range(60)))
    problem = next((told, json.loads(content)) for status, told, content, _ in api if status == 503)
    assert problem[0]["content-type"] == "application/problem+json"
    assert (problem[1]["code"], problem[1]["retryable"]) == ("SERVER_BUSY", True)
    assert problem[1]["request_id"] == "by-a-proxy"
    assert {name.lower() for name in RATE_HEADERS} | {"retry-after"} <= set(problem[0])
    assert problem[0]["x-ratelimit-remaining"] == "0"
    page = next((told, content.decode()) for status, told, content, _ in pages if status == 503)
    assert page[0]["content-type"].startswith("text/html")
    assert "<h1>Too many are asking at the same moment</h1>" in page[1]


def test_clients_that_never_finish_sending_keep_nobody_waiting(house: int) -> None:
    begun = time.monotonic()
    slow = [socket.create_connection(("127.0.0.1", house)) for _ in range(300)]
    for each in slow:
        each.sendall(b"POST /api/v1/uploads HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{")
    assert ask(house, "GET", "/echo")[0] == 200
    for each in slow:
        each.settimeout(10)
        told = each.recv(4000).decode()
        assert told.startswith("HTTP/1.1 408")
        assert "REQUEST_TOO_SLOW" in told
        assert all(f"\r\n{name.lower()}: " in told.lower() for name in (*RATE_HEADERS, "Retry-After"))
        each.close()
    assert time.monotonic() - begun < 8


@pytest.mark.parametrize(
    ("sent", "seen"), [(0, "0/0"), (10, "10/10"), (64_001, "64001/64001"), (10_000_000, "1000002/10000000")]
)
def test_a_body_is_handed_on_up_to_what_any_address_takes(house: int, sent: int, seen: str) -> None:
    status, told, _content, _took = ask(house, "POST", "/echo", b"x" * sent)
    assert (status, told["x-seen"]) == (200, seen)


def test_a_body_in_pieces_gets_a_length(house: int) -> None:
    _status, told, _content, _took = ask(house, "POST", "/echo", iter([b"abc", b"de"]))
    assert told["x-seen"] == "5/5"


def test_a_client_that_leaves_in_the_middle_is_not_worked_for(house: int) -> None:
    with socket.create_connection(("127.0.0.1", house)) as leaver:
        leaver.sendall(b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc")
    assert ask(house, "GET", "/echo")[0] == 200


def test_names_of_headers_with_underscores_and_odd_paths_do_no_harm(house: int) -> None:
    with socket.create_connection(("127.0.0.1", house)) as raw:
        raw.settimeout(5)
        raw.sendall(
            b"GET /echo/%C3%BC HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
            b"X-Twice: a\r\nX-Twice: b\r\nX_Twice: spoofed\r\n\r\n"
        )
        told = b"".join(iter(lambda: raw.recv(4000), b""))
    assert told.endswith("/echo/ü|a,b".encode())


def test_work_that_breaks_is_a_500_and_the_thread_lives_on(house: int) -> None:
    assert [ask(house, "GET", "/boom")[0] for _ in range(4)] == [500] * 4
    assert ask(house, "GET", "/echo")[0] == 200
