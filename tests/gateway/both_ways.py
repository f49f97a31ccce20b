"""Both ways into one process, the short one and Django's, and what they must agree in."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.core.handlers.wsgi import WSGIHandler

from gateway.door.shortcut import Shortcut
from gateway.door.standing import MADE_EACH_TIME
from gateway.door.wsgi import Answer, answer_of
from tests.gateway.conftest import Person

OURS = "http://testserver"


class Lines:
    """A request's header lines, as granian gives them."""

    def __init__(self, *lines: tuple[str, str]) -> None:
        self.lines = list(lines)

    def items(self) -> list[tuple[str, str]]:
        return self.lines

    def get(self, key: str, default: Any = None) -> Any:
        return next((value for name, value in self.lines if name == key), default)


@dataclass(frozen=True)
class Scope:
    headers: Lines
    method: str = "POST"
    path: str = "/api/v1/uploads"
    query_string: str = ""
    http_version: str = "1.1"
    scheme: str = "http"
    client: str = "127.0.0.1:1"
    server: str = "127.0.0.1:80"
    authority: str | None = None


@dataclass
class House:
    """One process, and somebody who asks it."""

    person: Person
    method: str = "POST"
    path: str = "/api/v1/uploads"
    shortcut: Shortcut = field(default_factory=lambda: Shortcut(OURS))
    django: WSGIHandler = field(default_factory=WSGIHandler)

    def scope(self, *lines: tuple[str, str], token: str | None = None, path: str = "", query: str = "") -> Scope:
        own = [("host", "testserver"), ("authorization", f"Bearer {token or self.person.token()}")]
        if self.method == "POST":
            own.append(("content-type", "application/json"))
        return Scope(Lines(*own, *lines), self.method, path or self.path, query)

    def long(self, scope: Scope, body: bytes = b"") -> Answer:
        return answer_of(self.django, scope, body)  # type: ignore[arg-type]

    def short(self, scope: Scope, body: bytes = b"") -> Answer | None:
        way = self.shortcut.way(scope, body)  # type: ignore[arg-type]
        return way() if way else None

    def learn(self, scope: Scope, body: bytes = b"") -> Answer:
        """Ask the long way, and let the short one learn from it."""
        answer = self.long(scope, body)
        self.shortcut.learn(scope, body, answer)  # type: ignore[arg-type]
        return answer


def told(answer: Answer) -> dict[str, str]:
    """The headers that both ways must agree in, by names in small letters. The same content has the same ETag."""
    new = MADE_EACH_TIME - {"etag"}
    return {name.lower(): value for name, value in answer.headers if name.lower() not in new}


def names(answer: Answer) -> list[str]:
    return sorted(name.lower() for name, _value in answer.headers)


def shape(answer: Answer) -> Any:
    """A body without what is new in each: ids, moments, signatures, and how long to wait."""
    if not answer.content:
        return None
    body = json.loads(answer.content)
    if "request_id" in body:
        waits = {"detail": "", "user_message": "", "retry_after_s": 0} if body["retry_after_s"] else {}
        return {**body, "request_id": "", **waits}
    if "url" in body:
        return sorted(body), body["url"].partition("?")[0], [*_query(body["url"])]
    if "upload" in body:
        return sorted(body), body["state"], body["upload"]["url"], sorted(body["upload"]["fields"])
    return body


def _query(url: str) -> list[str]:
    return [part for part in url.partition("?")[2].split("&") if not part.startswith(("X-Amz-Date", "X-Amz-Sig"))]


def require_alike(house: House, scope: Scope, body: bytes = b"") -> Answer:
    """What the short way answers, which must be what the long way does."""
    long, short = house.long(scope, body), house.short(scope, body)
    assert short is not None, "It went the long way."
    assert short.status == long.status
    assert names(short) == names(long)
    assert told(short) == told(long)
    if short.status != 304:
        assert dict(short.headers)["content-length"] == str(len(short.content))
    assert shape(short) == shape(long)
    return short
