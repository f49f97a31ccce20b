"""The operations that have a short way: how a request for one is known, and what answers it.

That is the very function that the operation's view calls, so nothing is decided twice.
"""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.http import QueryDict

from admission.asking import LayerState
from broker.tokens import Claims
from gateway.api.authentication import let_in
from gateway.api.file_views import page_of, signed_url
from gateway.api.freshness import fresh
from gateway.api.operation import REPLAYED
from gateway.api.parsing import MAX_BODY_BYTES
from gateway.api.upload_views import upload_start
from gateway.callers import Caller
from gateway.door.environment import Scope
from gateway.kept_answers import Reply

_READ_HEADERS = ("Idempotency-Key", "If-None-Match")
_MAX_QUERY_CHARACTERS = 8_000


@dataclass(frozen=True, slots=True)
class Said:
    """What an operation answers, before the headers that every answer has. The code is a problem's."""

    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    problem_code: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One that has a short way, and how its ordinary success looks: `status`, from which its headers are learned."""

    url_name: str
    method: str
    status: int
    run: "Callable[[Ordinary, Claims], Said]"
    parameters: frozenset[str] = frozenset()
    """What its query may name; each once."""


@dataclass(slots=True)
class Ordinary:
    """A request as operations read it (`gateway.api.asked.Asked`), with the body that came and the file in its path."""

    resolver_match: Operation
    path: str
    query: str
    sent: Mapping[str, str]
    body: bytes
    file_id: str
    META: dict[str, Any] = field(default_factory=dict)
    rate_states: Sequence[LayerState] = ()

    @property
    def method(self) -> str:
        """Its verb."""
        return self.resolver_match.method

    @property
    def headers(self) -> Mapping[str, str]:
        """Those that operations read."""
        return {name: self.sent[name.lower()] for name in _READ_HEADERS if name.lower() in self.sent}

    def get_full_path(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path


def ordinary(scope: Scope, body: bytes) -> Ordinary | None:
    """The request, where it is one for such an operation with nothing unusual: each header once, and a token."""
    operation, file_id = _operation(scope)
    if operation is None or not _is_usual(operation, scope.query_string, body):
        return None
    lines = scope.headers.items()
    sent = dict(lines)
    if len(sent) != len(lines) or "authorization" not in sent:
        return None
    return Ordinary(operation, scope.path, scope.query_string, sent, body, file_id)


def _operation(scope: Scope) -> tuple[Operation | None, str]:
    found = _FILE_PATH.fullmatch(scope.path)
    path, file_id = (_FILE, found[1]) if found else (scope.path, "")
    return _OPERATIONS.get((scope.method, path)), file_id


def _is_usual(operation: Operation, query: str, body: bytes) -> bool:
    if len(body) > (0 if operation.method == "GET" else MAX_BODY_BYTES):
        return False
    if not query:
        return True
    names = [part.partition("=")[0] for part in query.split("&")]
    is_known = operation.parameters.issuperset(names) and len(set(names)) == len(names)
    return is_known and query.isascii() and len(query) <= _MAX_QUERY_CHARACTERS


def _start(asked: Ordinary, claims: Claims) -> Said:
    return _replied(upload_start(asked, Caller(claims), asked.body))


def _sign(asked: Ordinary, claims: Claims) -> Said:
    return _replied(signed_url(asked, let_in(asked, claims), uuid.UUID(asked.file_id), asked.body))


def _list(asked: Ordinary, claims: Claims) -> Said:
    page = page_of(let_in(asked, claims), QueryDict(asked.query))
    told = fresh(asked.headers.get("If-None-Match", ""), page)
    return Said(told.status, told.content or b"", told.headers)


def _replied(reply: Reply) -> Said:
    return Said(reply.status, msgspec.json.encode(reply.body), {REPLAYED: "true"} if reply.replayed else {})


_FILE = "/api/v1/files/{id}/signed-url"
_FILE_PATH = re.compile(r"/api/v1/files/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/signed-url")
_LISTED_BY = frozenset({"folder", "cursor", "limit", "sort", "prefix"})
_OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("POST", "/api/v1/uploads"): Operation("uploadStart", "POST", 201, _start),
    ("POST", _FILE): Operation("getSignedUrl", "POST", 200, _sign),
    ("GET", "/api/v1/files"): Operation("list", "GET", 200, _list, _LISTED_BY),
}
