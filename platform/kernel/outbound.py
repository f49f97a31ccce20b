"""Fetching from addresses that people gave: never a private network, never more than a few bytes or seconds.

The address is resolved once, checked, and connected to as checked, so that a name can't change its mind in between.
Redirects aren't followed and no proxy of the environment is used.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as DeadlineError
from dataclasses import dataclass
from typing import TypeVar

from AntiSSRF import AntiSSRFError, AntiSSRFPolicy, PolicyConfigOptions
from requests import RequestException, Response, Session
from urllib3.exceptions import HTTPError

from kernel.lifelines import Lifeline

_T = TypeVar("_T")
_FETCHES_AT_ONCE = 8
_slots = threading.BoundedSemaphore(_FETCHES_AT_ONCE)
_CHUNK_BYTES = 16_384


class OutboundError(RuntimeError):
    """Nothing usable came back; the text is for the person who gave the address, and tells nothing of our network."""


def guarded_session(*, allow_private: bool = False) -> Session:
    """A session that reaches public addresses by HTTPS alone; private ones and plain HTTP only where allowed."""
    if allow_private:
        session = Session()
    else:
        policy = AntiSSRFPolicy(PolicyConfigOptions.EXTERNAL_ONLY_LATEST)
        session = policy.get_antissrf_session()
    session.trust_env = False
    return session


def fetch(url: str, *, max_bytes: int, seconds: float, allow_private: bool = False) -> bytes:
    """The body under an address, whole within `seconds`. Raises OutboundError."""
    until = time.monotonic() + seconds

    def get(session: Session) -> bytes:
        with session.get(url, timeout=seconds, allow_redirects=False, stream=True) as answer:
            return _bounded(answer, max_bytes, until)

    return _in_time(get, url, seconds, allow_private)


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float, allow_private: bool = False) -> int:
    """The status with which an address answers a message, within `seconds`; what else it says isn't read.

    Raises OutboundError where there is no answer.
    """

    def send(session: Session) -> int:
        with session.post(
            url, data=body, headers=dict(headers), timeout=seconds, allow_redirects=False, stream=True
        ) as answer:
            return answer.status_code

    return _in_time(send, url, seconds, allow_private)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back with status 200; the names of headers in small letters."""

    headers: Mapping[str, str]
    body: bytes


def ask(
    url: str,
    body: Iterable[bytes],
    headers: Mapping[str, str],
    *,
    max_bytes: int,
    seconds: float,
    allow_private: bool = False,
) -> Answer:
    """The answer to a message that may be long, whole within `seconds`. Raises OutboundError.

    A body with a length is sent with it, any other one in chunks.
    """
    until = time.monotonic() + seconds

    def send(session: Session) -> Answer:
        with session.post(
            url, data=body, headers=dict(headers), timeout=seconds, allow_redirects=False, stream=True
        ) as answer:
            told = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(told, _bounded(answer, max_bytes, until))

    return _in_time(send, url, seconds, allow_private)


def _in_time(work: Callable[[Session], _T], url: str, seconds: float, allow_private: bool) -> _T:
    """What the work gives. A server that drips its answer can't hold the caller: it is cut off at the deadline."""
    if not url.startswith(("https://", "http://") if allow_private else "https://"):
        raise OutboundError("The address must begin with https://.")
    if not _slots.acquire(timeout=seconds):
        raise OutboundError("Too many addresses are slow to answer right now.")
    result: Future[_T] = Future()
    lifeline = Lifeline()
    threading.Thread(target=_work_into, args=(result, work, lifeline, allow_private), daemon=True).start()
    try:
        return result.result(timeout=seconds)
    except DeadlineError as error:
        lifeline.cut()
        raise OutboundError("The address took too long to answer.") from error


def _work_into(result: "Future[_T]", work: Callable[[Session], _T], lifeline: Lifeline, allow_private: bool) -> None:
    try:
        with guarded_session(allow_private=allow_private) as session:
            lifeline.tie(session)
            result.set_result(work(session))
    except (RequestException, HTTPError, AntiSSRFError, OSError, ValueError, OutboundError) as error:
        told = error if isinstance(error, OutboundError) else OutboundError("The address can't be reached.")
        result.set_exception(told)
    finally:
        lifeline.let_go()
        _slots.release()


def _bounded(answer: Response, max_bytes: int, until: float) -> bytes:
    if answer.status_code != 200:
        raise OutboundError(f"The address answered with something else than 200: {answer.status_code}.")
    body = b""
    while chunk := answer.raw.read1(_CHUNK_BYTES, decode_content=True):
        body += chunk
        if len(body) > max_bytes or time.monotonic() > until:
            raise OutboundError("The answer is too long.")
    return body
