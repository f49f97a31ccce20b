"""Django behind the door: asked as a WSGI server asks (PEP 3333)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from admission.asking import RefusedError
from gateway.api.charging import REFUSED
from gateway.door.environment import Scope, environment

Headers = list[tuple[str, str]]
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; and the gate's refusal, where it is one."""

    status: int
    headers: Headers
    content: bytes
    refused: RefusedError | None = None


class _Started:
    """`start_response`."""

    __slots__ = ("headers", "status")

    def __init__(self) -> None:
        self.status, self.headers = 500, []  # type: int, Headers

    def __call__(self, status: str, headers: Headers, exc_info: object = None) -> None:
        self.status, self.headers = int(status[:3]), headers


def answer_of(application: Application, scope: Scope, body: bytes) -> Answer:
    """The application's whole answer. Raises what it raises."""
    started, environ = _Started(), environment(scope, body)
    pieces = application(environ, started)
    try:
        content = b"".join(pieces)
    finally:
        if close := getattr(pieces, "close", None):
            close()
    return Answer(started.status, started.headers, content, environ.get(REFUSED))
