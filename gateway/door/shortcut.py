"""The short way of the ordinary request: to the operation itself, without Django's request, middleware and view.

Those cost more than all that the operation does. They decide nothing about an ordinary request, but they do put headers
on its answer; which ones is learned from the first that went the long way, for each way of asking. Whatever is out of
the ordinary (another host or website, an unknown parameter, a header that is sent twice) always goes the long way.
"""

import time
from collections.abc import Callable, Mapping
from functools import partial

from gateway.api.authentication import claims_of
from gateway.api.charging import REFUSED
from gateway.api.problems import answer_exception
from gateway.api.rate_headers import rate_headers
from gateway.door.environment import Scope
from gateway.door.ordinary import Ordinary, Said, ordinary
from gateway.door.standing import holds_nothing_else, standing
from gateway.door.wsgi import Answer, Headers
from telemetry.middleware import begin_request, count_request

_MOST_KINDS = 64
_LIKE = ("host", "origin", "x-forwarded-proto", "content-type")
_WITHOUT_CONTENT = frozenset({204, 304})

_Kind = tuple[str | bool, ...]
Way = Callable[[], Answer]
"""The short way of one request: its answer, whatever happens. Such ways may be gone side by side."""


class Shortcut:
    """For one process; safe for any number of threads. `own_origin`: the website whose pages are ours."""

    def __init__(self, own_origin: str) -> None:
        self._own_origin = own_origin
        self._kinds: dict[_Kind, Headers] = {}

    def way(self, scope: Scope, body: bytes) -> Way | None:
        """What answers an ordinary request; None for what goes the long way."""
        asked = self._asked(scope, body)
        always = self._kinds.get(_kind(scope, asked)) if asked else None
        return partial(_answered, asked, always) if asked and always else None

    def learn(self, scope: Scope, body: bytes, answer: Answer) -> None:
        """What the long way put on its answer: asked the same way again, the short one puts it on, too.

        Only from a success with nothing unusual about it: a replay has a header that says so.
        """
        asked = self._asked(scope, body)
        if asked and answer.status == asked.resolver_match.status and holds_nothing_else(answer.headers):
            self._kinds[_kind(scope, asked)] = standing(answer.headers)
            if len(self._kinds) > _MOST_KINDS:
                self._kinds.pop(next(iter(self._kinds)), None)  # the one of longest ago is learned again when it comes

    def _asked(self, scope: Scope, body: bytes) -> Ordinary | None:
        """The request, where no foreign website's page sent it."""
        asked = ordinary(scope, body)
        return asked if asked and asked.sent.get("origin", self._own_origin) == self._own_origin else None


def _kind(scope: Scope, asked: Ordinary) -> _Kind:
    """All that Django's middleware and its parsers go by."""
    like = (asked.sent.get(name, "") for name in _LIKE)
    return asked.resolver_match.url_name, bool(asked.body), scope.scheme, scope.authority or "", *like


def _answered(asked: Ordinary, always: Headers) -> Answer:
    begun = time.perf_counter()
    request_id = begin_request(asked.sent.get("x-request-id"))
    said = _said(asked)
    own = {"x-request-id": request_id}
    own |= _named_small(said.headers) | _named_small(rate_headers(asked.rate_states))
    if said.status not in _WITHOUT_CONTENT:
        own["content-length"] = str(len(said.content))
    headers = [(name, value) for name, value in always if name not in own and _fits(name, said)]
    count_request(asked.resolver_match.url_name, said.status, said.problem_code, time.perf_counter() - begun)
    return Answer(said.status, [*headers, *own.items()], said.content, asked.META.get(REFUSED))


def _said(asked: Ordinary) -> Said:
    try:
        return asked.resolver_match.run(asked, claims_of(asked.sent["authorization"]))
    except Exception as error:  # noqa: BLE001 - every error is answered, as in every view
        problem = answer_exception(error, {})
        return Said(problem.status_code, problem.content, dict(problem.items()), getattr(problem, "problem_code", ""))


def _named_small(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _fits(name: str, said: Said) -> bool:
    """Whether a header says something about an answer that has no content."""
    return bool(said.content) or name != "content-type"
