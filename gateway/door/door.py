"""The door itself: an RSGI application in front of Django, which runs in a fixed number of threads.

The event loop only reads bodies and keeps the order; each thread has its own connection to PostgreSQL, so there are as
many of these as threads, however many clients there are. What is turned away has cost no thread and no query. What goes
the short way has two threads of its own, which answer side by side whatever has come.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import structlog
from django.db import close_old_connections
from django.http import HttpResponse

from gateway.api.problems import problem_answer
from gateway.door import streams
from gateway.door.bodies import KEPT_BYTES, Incoming, Reader, TooManyError, TooSlowError
from gateway.door.environment import Scope
from gateway.door.priorities import Priority, is_of_sandbox, priority_of
from gateway.door.refusals import Refusals
from gateway.door.retold import Spoken, retold
from gateway.door.shortcut import Shortcut, Way
from gateway.door.waiting_room import Taken, WaitingRoom
from gateway.door.wsgi import Answer, Application, Headers, answer_of
from kernel.company import side_by_side
from kernel.errors import REQUEST_TOO_SLOW, SERVER_BUSY, Problem
from telemetry.context import enter_request
from telemetry.metrics import DOOR, DOOR_WAIT, GATE

_PROGRAMS = ("/api/", "/oauth/", "/hooks/", "/.well-known/", "/livez", "/readyz", "/metrics")
SHORT_THREADS = 2
"""For the short way alone: one thinks while the other waits for PostgreSQL. They share what they ask for."""

MOST_SIDE_BY_SIDE = 16
_log = structlog.get_logger(__name__)

Page = Callable[[Problem], HttpResponse]


class Answered(Protocol):
    """Where an answer goes."""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer with a body."""

    def response_empty(self, status: int, headers: Headers) -> None:
        """Answer without one."""


class Connection(Answered, Incoming, streams.Connection, Protocol):
    """Where a request's body comes from and its answer goes (RSGI)."""


@dataclass(slots=True)
class _Visit:
    """One request whose body is there, and the coroutine that ends once it was answered."""

    scope: Scope
    connection: Answered
    body: bytes
    loop: asyncio.AbstractEventLoop
    answered: "asyncio.Future[None]"
    way: Way | None = None

    def end(self) -> None:
        """Let the coroutine end; from any thread."""
        self.loop.call_soon_threadsafe(self._answered)

    def _answered(self) -> None:
        if not self.answered.done():
            self.answered.set_result(None)


class Door:
    """For granian: `--interface rsgi`. `page` says a problem to people, as problem+json says it to programs.

    `spoken_to` speaks the language of an `Accept-Language`.
    """

    def __init__(
        self,
        application: Application,
        *,
        page: Page,
        own_origin: str,
        threads: int,
        places: int,
        body_seconds: float,
        spoken_to: Spoken,
    ) -> None:
        self._application, self._page, self._threads, self._spoken_to = application, page, threads, spoken_to
        self._room: WaitingRoom[_Visit] = WaitingRoom(threads, places)
        self._short: WaitingRoom[_Visit] = WaitingRoom(SHORT_THREADS, places)
        self._reader = Reader(body_seconds)
        self._refusals = Refusals()
        self._shortcut = Shortcut(own_origin)
        self._streams = streams.Streams()

    def __rsgi_init__(self, _loop: asyncio.AbstractEventLoop) -> None:
        """Start the threads: in the worker's process, where granian calls this."""
        for number in range(self._threads):
            threading.Thread(target=self._work, name=f"web-{number}", daemon=True).start()
        for number in range(SHORT_THREADS):
            threading.Thread(target=self._work_side_by_side, name=f"short-{number}", daemon=True).start()

    async def __rsgi__(self, scope: Scope, connection: Connection) -> None:
        """One request: its body, its place, its answer."""
        try:
            body = await self._body_of(scope, connection)
        except TooSlowError:
            return self._refuse(scope, connection, "too_slow", Problem(REQUEST_TOO_SLOW))
        except TooManyError:
            return self._refuse(scope, connection, "turned_away", Problem(SERVER_BUSY))
        except ConnectionAbortedError:
            return connection.response_empty(400, [])
        if self._refuse_again(scope, connection):
            return None
        if streams.is_asked_for(scope):
            return await self._stream(scope, connection, body)
        if seconds := await self._visit(scope, connection, body):
            self._refuse(scope, connection, "turned_away", Problem(SERVER_BUSY, retry_after_s=seconds))
        return None

    async def _visit(self, scope: Scope, connection: Answered, body: bytes) -> int:
        """Have it answered by a thread: 0, or the seconds after which to come back for who was turned away."""
        loop = asyncio.get_running_loop()
        visit = _Visit(scope, connection, body, loop, loop.create_future(), self._shortcut.way(scope, body))
        room = self._short if visit.way else self._room
        if seconds := room.enter(self._priority_of(scope, room), visit):
            return seconds
        await visit.answered
        return 0

    async def _stream(self, scope: Scope, connection: Connection, body: bytes) -> None:
        async def look(answer: streams.Answer) -> int:
            return await self._visit(scope, answer, body)

        seen = scope.headers.get("last-event-id") or ""
        if seconds := await self._streams.send(look, connection, seen):
            self._refuse(scope, connection, "turned_away", Problem(SERVER_BUSY, retry_after_s=seconds))

    async def _body_of(self, scope: Scope, connection: Connection) -> bytes:
        """Raises TooSlowError, TooManyError, ConnectionAbortedError for a client that left in the middle."""
        length = scope.headers.get("content-length")
        if length is None and scope.headers.get("transfer-encoding") is None and scope.http_version != "2":
            return b""
        announced = int(length) if length and length.isdecimal() else None
        body = await self._reader.read(connection, announced)
        if announced is not None and len(body) < min(announced, KEPT_BYTES):
            raise ConnectionAbortedError
        return body

    def _priority_of(self, scope: Scope, room: WaitingRoom[_Visit]) -> Priority:
        must_wait = room.is_crowded and scope.path.startswith("/api/")
        if must_wait and is_of_sandbox(scope.headers.get("authorization") or ""):
            return Priority.SANDBOX
        return priority_of(scope.method, scope.path)

    def _work(self) -> None:
        while True:
            taken = self._room.take()
            begun = time.monotonic()
            self._attend(taken)
            self._room.leave(None if taken.come_back_in else time.monotonic() - begun)

    def _work_side_by_side(self) -> None:
        """All that have come meanwhile at once: one trip to Redis and one commit for all of them."""
        while True:
            taken = self._short.take_several(MOST_SIDE_BY_SIDE)
            begun = time.monotonic()
            close_old_connections()  # as Django does before each request
            side_by_side([partial(self._attend, each) for each in taken])
            seconds_each = (time.monotonic() - begun) / len(taken)
            for each in taken:
                self._short.leave(None if each.come_back_in else seconds_each)

    def _attend(self, taken: Taken[_Visit]) -> None:
        """Answer somebody whose turn it is; whatever happens, the thread lives on."""
        visit = taken.job
        if taken.waited > 0.001:
            DOOR_WAIT.labels(taken.priority.label).observe(taken.waited)
        try:
            if taken.come_back_in:
                problem = Problem(SERVER_BUSY, retry_after_s=taken.come_back_in)
                self._refuse(visit.scope, visit.connection, "gave_up", problem)
            else:
                self._answer(visit)
        except Exception:  # noqa: BLE001 - the thread must live on
            _log.exception("request_not_answered", path=visit.scope.path)
        finally:
            visit.end()

    def _answer(self, visit: _Visit) -> None:
        try:
            with self._spoken_to(visit.scope.headers.get("accept-language")):
                answer = visit.way() if visit.way else self._by_django(visit)
            visit.connection.response_bytes(answer.status, answer.headers, answer.content)
            if answer.refused:
                self._refusals.keep(visit.scope, answer.refused, answer.headers)
        except Exception:  # noqa: BLE001 - the thread must live on; Django has answered whatever it could
            _log.exception("request_failed_outside_django", path=visit.scope.path)
            visit.connection.response_empty(500, [])

    def _by_django(self, visit: _Visit) -> Answer:
        answer = answer_of(self._application, visit.scope, visit.body)
        self._shortcut.learn(visit.scope, visit.body, answer)
        return answer

    def _refuse_again(self, scope: Scope, connection: Connection) -> bool:
        """Whether this was refused a moment ago, and is refused again."""
        kept = self._refusals.again(scope)
        if kept is None:
            return False
        refusal, headers = kept
        DOOR.labels("refused_again", priority_of(scope.method, scope.path).label).inc()
        GATE.labels("limited", refusal.layer).inc()
        answer = retold(refusal, scope.headers.get("accept-language"), self._spoken_to)
        request_id = enter_request(scope.headers.get("x-request-id"))
        told = [*headers, *answer.headers, ("x-request-id", request_id)]
        connection.response_bytes(answer.status, told, answer.content(request_id))
        return True

    def _refuse(self, scope: Scope, connection: Answered, outcome: str, problem: Problem) -> None:
        """Say it in the asker's own way: problem+json to programs, a page to people."""
        enter_request(scope.headers.get("x-request-id"))
        DOOR.labels(outcome, priority_of(scope.method, scope.path).label).inc()
        with self._spoken_to(scope.headers.get("accept-language")):
            answer = problem_answer(problem) if scope.path.startswith(_PROGRAMS) else self._page(problem)
        headers = [(name.lower(), value) for name, value in answer.items()]
        connection.response_bytes(answer.status_code, [*headers, ("x-content-type-options", "nosniff")], answer.content)
