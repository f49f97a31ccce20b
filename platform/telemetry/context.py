"""The request that this code works for."""

import re
from contextvars import ContextVar

from kernel.identifiers import new_id

_request_id: ContextVar[str] = ContextVar("gatehouse_request_id", default="")
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")


def current_request_id() -> str:
    """The id of the request being answered; empty in jobs and commands."""
    return _request_id.get()


def enter_request(offered: str | None) -> str:
    """Begin a request under the id that a proxy offered, or a new one where the offer isn't plain."""
    request_id = offered if offered and _ACCEPTABLE.fullmatch(offered) else new_id().hex
    _request_id.set(request_id)
    return request_id
