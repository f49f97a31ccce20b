"""A page's living part as a stream: what changed is sent, what it leads to ends it, and no thread is held meanwhile."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager

from tests.gateway.test_door import ask, house

__all__ = ["house"]


@contextmanager
def stream(port: int, path: str, **headers: str) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Accept": "text/html, text/event-stream", **headers})
    yield connection.getresponse()
    connection.close()


def event(answer: http.client.HTTPResponse) -> dict[str, str]:
    """The next event's fields; its lines of data joined."""
    fields: dict[str, str] = {}
    while line := answer.readline().decode().rstrip("\n"):
        name, _, value = line.partition(": ")
        fields[name] = f"{fields[name]}\n{value}" if name in fields else value
    return fields


def test_each_change_is_an_event_and_the_last_one_says_where_to_go(house: int) -> None:
    with stream(house, "/stream/steps") as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert answer.headers["Cache-Control"] == "no-store"
        events = [event(answer) for _ in range(4)]
        assert [each.get("data") for each in events[:3]] == [f"look {number}\nof three" for number in (1, 2, 3)]
        assert events[3] == {"event": "end", "data": "/there"}
        assert answer.read() == b""


def test_who_comes_back_is_not_sent_what_they_have(house: int) -> None:
    with stream(house, "/stream/again") as answer:
        seen = event(answer)["id"]
        assert event(answer)["data"].startswith("look 2")
    with stream(house, "/stream/again", **{"Last-Event-ID": seen}) as answer:
        assert event(answer)["id"] != seen


def test_what_does_not_change_is_sent_once(house: int) -> None:
    with stream(house, "/stream/still") as answer:
        first = event(answer)
    with stream(house, "/stream/still", **{"Last-Event-ID": first["id"]}) as answer:
        answer.fp.raw._sock.settimeout(0.4)  # type: ignore[union-attr]
        try:
            told = answer.read(1)
        except TimeoutError:
            told = b""
    assert told == b""


def test_without_a_wish_for_it_there_is_one_answer(house: int) -> None:
    status, _headers, body, _took = ask(house, "GET", "/stream/plain")
    assert (status, body) == (200, b"look 1\nof three")


def test_what_is_not_theirs_is_refused_as_ever(house: int) -> None:
    with stream(house, "/stream/secret") as answer:
        assert (answer.status, answer.read()) == (404, b"nothing")


def test_open_streams_hold_no_thread(house: int) -> None:
    """Twenty that watch, before a house of two threads."""
    open_ones = [stream(house, "/stream/still") for _ in range(20)]
    answers = [each.__enter__() for each in open_ones]
    assert [event(answer)["data"] for answer in answers] == ["still"] * 20
    assert ask(house, "GET", "/echo")[0] == 200
    for each in open_ones:
        each.__exit__(None, None, None)
