"""Fetching from addresses that people gave: never a private network, never more than a few bytes or seconds.

The address is resolved once, checked, and connected to as checked, so that a name can't change its mind in between.
Redirects aren't followed and no proxy of the environment is used.
"""

import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as DeadlineError

from AntiSSRF import AntiSSRFError, AntiSSRFPolicy, PolicyConfigOptions
from requests import RequestException, Response, Session
from urllib3.exceptions import HTTPError

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
    """The body under an address, whole within `seconds`. Raises OutboundError.

    A server that drips its headers can't hold the caller: the work is left behind at the deadline, and the number of
    fetches that may be left behind is bounded.
    """
    if not url.startswith(("https://", "http://") if allow_private else "https://"):
        raise OutboundError("The address must begin with https://.")
    if not _slots.acquire(timeout=seconds):
        raise OutboundError("Too many addresses are slow to answer right now.")
    result: Future[bytes] = Future()
    threading.Thread(target=_fetch_into, args=(result, url, max_bytes, seconds, allow_private), daemon=True).start()
    try:
        return result.result(timeout=seconds)
    except DeadlineError as error:
        raise OutboundError("The address took too long to answer.") from error


def _fetch_into(result: "Future[bytes]", url: str, max_bytes: int, seconds: float, allow_private: bool) -> None:
    try:
        with guarded_session(allow_private=allow_private) as session:
            answer = session.get(url, timeout=seconds, allow_redirects=False, stream=True)
            result.set_result(_bounded(answer, max_bytes, time.monotonic() + seconds))
    except (RequestException, HTTPError, AntiSSRFError, OSError, OutboundError) as error:
        told = error if isinstance(error, OutboundError) else OutboundError("The address can't be reached.")
        result.set_exception(told)
    finally:
        _slots.release()


def _bounded(answer: Response, max_bytes: int, until: float) -> bytes:
    if answer.status_code != 200:
        raise OutboundError(f"The address answered {answer.status_code}, where 200 was expected.")
    body = b""
    while chunk := answer.raw.read1(_CHUNK_BYTES, decode_content=True):
        body += chunk
        if len(body) > max_bytes or time.monotonic() > until:
            raise OutboundError("The answer is too long.")
    return body
