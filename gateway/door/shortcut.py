"""The short way of an ordinary start of an upload: to the operation itself, without Django's request, middleware, view.

Those cost more than all that the operation does. They decide nothing about an ordinary start, but they do put headers
on its answer; which ones is learned from the first that went the long way, for each way of asking. Whatever is out of
the ordinary (another host or website, a query, a header that is sent twice) always goes the long way.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec

from admission.asking import LayerState
from gateway.api.authentication import claims_of
from gateway.api.charging import REFUSED
from gateway.api.operation import REPLAYED
from gateway.api.parsing import MAX_BODY_BYTES
from gateway.api.problems import answer_exception
from gateway.api.rate_headers import rate_headers
from gateway.api.upload_views import upload_start
from gateway.callers import Caller
from gateway.door.environment import Scope
from gateway.door.wsgi import Answer, Headers
from telemetry.middleware import begin_request, count_request

NEW_EACH_TIME = ("content-length", "retry-after", "x-request-id", "x-ratelimit-", "ratelimit")
"""Headers of an answer that say nothing about the next one; beginnings of names, in small letters."""

_OPERATION, _METHOD, _PATH = "uploadStart", "POST", "/api/v1/uploads"
_MOST_KINDS = 64
_LIKE = ("host", "origin", "x-forwarded-proto", "accept", "content-type")

_Kind = tuple[str, ...]
Way = Callable[[], Answer]
"""The short way of one request: its answer, whatever happens. Such ways may be gone side by side."""


@dataclass(frozen=True, slots=True)
class _Address:
    url_name: str = _OPERATION


@dataclass(slots=True)
class _Start:
    """The request as the operation reads it (`gateway.api.asked.Asked`)."""

    headers: Mapping[str, str]
    META: dict[str, Any] = field(default_factory=dict)
    rate_states: Sequence[LayerState] = ()
    method: str = _METHOD
    resolver_match: _Address = _Address()

    def get_full_path(self) -> str:
        """Path without a query, since one with a query isn't ordinary."""
        return _PATH


class Shortcut:
    """For one process; safe for any number of threads. `own_origin`: the website whose pages are ours."""

    def __init__(self, own_origin: str) -> None:
        self._own_origin = own_origin
        self._kinds: dict[_Kind, Headers] = {}

    def way(self, scope: Scope, body: bytes) -> Way | None:
        """What answers an ordinary start; None for what goes the long way."""
        if scope.path != _PATH or scope.method != _METHOD or len(body) > MAX_BODY_BYTES:
            return None
        sent = self._sent(scope)
        always = self._kinds.get(_kind(scope, sent)) if sent else None
        return partial(_answered, sent, body, always) if sent and always else None

    def learn(self, scope: Scope, status: int, headers: Headers) -> None:
        """What the long way put on its answer: asked the same way again, the short one puts it on, too."""
        if scope.path != _PATH or scope.method != _METHOD or status != 201:
            return
        sent = self._sent(scope)
        if sent and not any(name == REPLAYED for name, _value in headers):
            always = [(name, value) for name, value in headers if not name.lower().startswith(NEW_EACH_TIME)]
            self._kinds[_kind(scope, sent)] = always
            if len(self._kinds) > _MOST_KINDS:
                self._kinds.pop(next(iter(self._kinds)), None)  # the one of longest ago is learned again when it comes

    def _sent(self, scope: Scope) -> dict[str, str] | None:
        """The request's headers, where it has no query, each header once, a token, and no foreign website's page."""
        lines = scope.headers.items()
        sent = dict(lines)
        is_ordinary = not scope.query_string and len(sent) == len(lines) and "authorization" in sent
        return sent if is_ordinary and sent.get("origin", self._own_origin) == self._own_origin else None


def _kind(scope: Scope, sent: Mapping[str, str]) -> _Kind:
    """All that Django's middleware and its negotiation go by."""
    return scope.scheme, scope.authority or "", *(sent.get(name, "") for name in _LIKE)


def _answered(sent: Mapping[str, str], body: bytes, always: Headers) -> Answer:
    begun = time.perf_counter()
    own = {"x-request-id": begin_request(sent.get("x-request-id"))}
    asked = _Start({"Idempotency-Key": sent["idempotency-key"]} if "idempotency-key" in sent else {})
    try:
        reply = upload_start(asked, Caller(claims_of(sent["authorization"])), body)
    except Exception as error:  # noqa: BLE001 - every error is answered, as in every view
        problem = answer_exception(error, {})
        own |= {name.lower(): value for name, value in problem.items()}
        status, code, content = problem.status_code, getattr(problem, "problem_code", ""), problem.content
    else:
        own |= {REPLAYED.lower(): "true"} if reply.replayed else {}
        status, code, content = reply.status, "", msgspec.json.encode(reply.body)
    own |= {name.lower(): value for name, value in rate_headers(asked.rate_states).items()}
    own["content-length"] = str(len(content))
    headers = [(name, value) for name, value in always if name.lower() not in own]
    count_request(_OPERATION, status, code, time.perf_counter() - begun)
    return Answer(status, [*headers, *own.items()], content, asked.META.get(REFUSED))
