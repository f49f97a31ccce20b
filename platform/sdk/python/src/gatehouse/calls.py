"""One call of the API: a token, a key against doing it twice, a pace, and patience."""

import json
import time
import uuid
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from gatehouse.pacing import Pace
from gatehouse.problems import GatehouseProblem, nearly_limited, problem_of
from gatehouse.retries import RetryPolicy, asked_wait, persistent
from gatehouse.steps import Answer, GetToken, Plan, Send
from gatehouse.values import read

T = TypeVar("T")


class Calls:
    """The API at one address, for one app."""

    def __init__(self, api: str, policy: RetryPolicy) -> None:
        self._api = api.rstrip("/")
        self._pace = Pace()
        self.policy = policy

    def get(self, kind: type[T], path: str, **query: object) -> Plan[T]:
        """What stands at the path. Raises GatehouseProblem."""
        answer = yield from self._answer("GET", _with_query(path, query), None, {})
        return read(kind, _content(answer))

    def get_changed(self, kind: type[T], path: str, etag: str, **query: object) -> Plan[T | None]:
        """What stands at the path, or None where nothing changed since the ETag. Raises GatehouseProblem."""
        headers = {"If-None-Match": etag} if etag else {}
        answer = yield from self._answer("GET", _with_query(path, query), None, headers)
        if answer.status == 304:
            return None
        return read(kind, {**_content(answer), "etag": answer.headers.get("ETag", "")})

    def do(self, kind: type[T], method: str, path: str, content: Mapping[str, object] | None = None) -> Plan[T]:
        """What the server answers to the wish. Raises GatehouseProblem."""
        answer = yield from self.raw(method, path, content)
        return read(kind, answer)

    def raw(self, method: str, path: str, content: Mapping[str, object] | None = None) -> Plan[Any]:
        """The answer's JSON as it is; nothing where it is empty."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        answer = yield from self._answer(method, path, _known(content or {}), headers)
        return _content(answer)

    def _answer(
        self, method: str, path: str, content: Mapping[str, object] | None, headers: Mapping[str, str]
    ) -> Plan[Answer]:
        """A refused token is replaced once; every attempt carries the same Idempotency-Key."""
        body = b"" if content is None else json.dumps(content).encode()
        token: str = yield GetToken()
        answer = yield from self._paced(_request(method, self._api + path, headers, body, token))
        if answer.status == 401:
            token = yield GetToken(token)
            answer = yield from self._paced(_request(method, self._api + path, headers, body, token))
        if answer.status >= 400:
            raise problem_in(answer)
        return answer

    def _paced(self, request: Send) -> Plan[Answer]:
        while wait := self._pace.begin():
            yield from self.policy.pause(wait, nearly_limited())
        told: Mapping[str, str] = {}
        began = time.monotonic()
        try:
            answer = yield from persistent(request, self.policy, problem_in)
            told = answer.headers
        finally:
            self._pace.end(told, began)
        return answer


def problem_in(answer: Answer) -> GatehouseProblem:
    """The problem that an answer tells; seconds to wait may be in its header alone."""
    try:
        content = json.loads(answer.content)
    except ValueError:
        content = {}
    problem = problem_of(answer.status, content)
    if problem.retry_after is None:
        problem.retry_after = asked_wait(answer)
    return problem


def _request(method: str, url: str, headers: Mapping[str, str], body: bytes, token: str) -> Send:
    return Send(method, url, {**headers, "Accept": "application/json", "Authorization": f"Bearer {token}"}, body)


def _content(answer: Answer) -> Any:
    try:
        return json.loads(answer.content) if answer.content else {}
    except ValueError as error:
        raise problem_in(answer) from error


def _with_query(path: str, query: Mapping[str, object]) -> str:
    return f"{path}?{urlencode(_known(query))}" if query else path


def _known(content: Mapping[str, object]) -> dict[str, object]:
    """What the caller left open isn't said."""
    return {name: value for name, value in content.items() if value is not None}
