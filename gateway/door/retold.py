"""A refusal's answer, made once for each language and said again to whoever asks, under their own request id."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache

from admission.asking import RefusedError
from gateway.api.problems import problem_answer
from gateway.api.rate_headers import rate_headers
from gateway.door.wsgi import Headers
from telemetry.context import enter_request

Spoken = Callable[[str | None], AbstractContextManager[None]]
_THEIR_ID = "the-id-of-this-request"


@dataclass(frozen=True, slots=True)
class Retold:
    """An answer to which only the request's id is missing."""

    status: int
    headers: Headers
    before: bytes
    after: bytes

    def content(self, request_id: str) -> bytes:
        """The body of this request's answer."""
        return self.before + request_id.encode() + self.after


@lru_cache(maxsize=512)
def retold(refusal: RefusedError, accept_language: str | None, spoken_to: Spoken) -> Retold:
    """The answer to the refusal. Kept by the refusal itself, which is another one as soon as its wait is."""
    enter_request(_THEIR_ID)
    with spoken_to(accept_language):
        answer = problem_answer(refusal)
    before, _, after = answer.content.partition(_THEIR_ID.encode())
    rates = [(name.lower(), value) for name, value in rate_headers(refusal.states).items()]
    return Retold(answer.status_code, [("retry-after", answer["Retry-After"]), *rates], before, after)
