"""A page's living part as a stream of events: looked at again and again, sent whenever it reads otherwise.

No thread is held between two looks, and each look is a request like any other, with its place in the waiting room, its
session and its tenant's scope. So who loses the right to a page loses its stream at the next look. A view offers a
stream by `Stream-Again`; without this door the same answer is one part of the page, which the page asks for again.
Events are those of the HTML standard (9.2): `id` names what was sent, so that who comes back is sent only what is new.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from gateway.door.environment import Scope
from gateway.door.wsgi import Headers

AGAIN, LEAVE = "stream-again", "hx-redirect"
"""Headers of an answer: after how many seconds it is worth another look; where the page is to go instead."""

LASTS_SECONDS = 600.0
"""Then the page comes anew, so that no stream outlives a deployment."""

MOST_STREAMS = 500
"""In one process; who comes then asks again every few seconds instead."""

_STILL_HERE_SECONDS = 15.0
_HEADERS = [("content-type", "text/event-stream; charset=utf-8"), ("cache-control", "no-store"),
            ("x-accel-buffering", "no"), ("x-content-type-options", "nosniff")]  # fmt: skip


@dataclass(slots=True)
class Answer:
    """What Django said to one look; stands where a connection stands for other requests."""

    status: int = 500
    headers: Headers | tuple[()] = ()
    body: bytes = b""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Keep it."""
        self.status, self.headers, self.body = status, headers, body

    def response_empty(self, status: int, headers: Headers) -> None:
        """Keep that there was nothing."""
        self.status, self.headers, self.body = status, headers, b""

    def header(self, name: str) -> str | None:
        """One of its headers, by its name in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def again_s(self) -> float | None:
        """Seconds until the next look; None for what doesn't change any more, or isn't theirs to see."""
        wait = self.header(AGAIN) if self.status == 200 else None
        return float(wait) if wait else None


class Transport(Protocol):
    """An answer that goes on (RSGI)."""

    async def send_bytes(self, data: bytes) -> None:
        """Send some of it; raises once nobody listens."""


class Connection(Protocol):
    """Where an answer that goes on is sent (RSGI)."""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer at once."""

    def response_stream(self, status: int, headers: Headers) -> Transport:
        """Begin it."""

    async def client_disconnect(self) -> None:
        """Returns once nobody listens."""


def is_asked_for(scope: Scope) -> bool:
    """Whether the client could take a stream."""
    return "text/event-stream" in (scope.headers.get("accept") or "")


class Streams:
    """Those of one process, within its event loop."""

    def __init__(self) -> None:
        self._open = 0

    async def send(self, look: "Look", connection: Connection, seen: str) -> int:
        """The answer, and what it becomes; as one answer where nothing is to follow, or too many follow already.

        0, or the seconds after which to come back for who was turned away.
        """
        answer = Answer()
        if seconds := await look(answer):
            return seconds
        if answer.again_s is None or self._open >= MOST_STREAMS:
            connection.response_bytes(answer.status, list(answer.headers), answer.body)
            return 0
        self._open += 1
        try:
            await _follow(answer, look, connection, seen)
        finally:
            self._open -= 1
        return 0


Look = Callable[[Answer], Awaitable[int]]
"""Has the answer filled in; the seconds after which to come back where nobody had time for it, else 0."""


async def _follow(answer: Answer, look: Look, connection: Connection, seen: str) -> None:
    """Send the answer and each that differs, until nothing changes any more, nobody listens, or it lasted long.

    `seen` is the id of what the client has; a look that gave nothing is made up for by the next.
    """
    transport = connection.response_stream(200, _HEADERS)
    gone = asyncio.ensure_future(connection.client_disconnect())
    loop = asyncio.get_running_loop()
    until, sent_at = loop.time() + LASTS_SECONDS, loop.time()
    try:
        while True:
            event = _event(answer)
            if event[0] != seen or loop.time() - sent_at > _STILL_HERE_SECONDS:
                await transport.send_bytes(event[1] if event[0] != seen else b": still here\n\n")
                seen, sent_at = event[0], loop.time()
            if answer.again_s is None:
                return await transport.send_bytes(_end(answer))
            done, _ = await asyncio.wait({gone}, timeout=answer.again_s)
            if done or loop.time() > until:
                return None
            answer = await _another(look) or answer
    except Exception:  # noqa: BLE001 - the server's own for a client that left; there is nobody to tell
        return None
    finally:
        gone.cancel()


async def _another(look: Look) -> Answer | None:
    answer = Answer()
    return None if await look(answer) or answer.status >= 500 else answer


def _event(answer: Answer) -> tuple[str, bytes]:
    """Its id, and the event."""
    name = hashlib.blake2b(answer.body, digest_size=8).hexdigest()
    lines = b"".join(b"data: " + line + b"\n" for line in answer.body.splitlines())
    return name, b"id: " + name.encode() + b"\n" + lines + b"\n" if answer.status == 200 else b""


def _end(answer: Answer) -> bytes:
    """The last event: where to go from here, or nothing."""
    return b"event: end\ndata: " + (answer.header(LEAVE) or "").encode() + b"\n\n"
