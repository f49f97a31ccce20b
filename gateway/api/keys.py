"""The Idempotency-Key header: quoted (RFC 8941 §3.3.3) or bare, 1 to 255 printable characters."""

import hashlib
import re
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from gateway.api.asked import Asked
from gateway.api.parsing import invalid
from gateway.kept_answers import Keyed
from kernel.language import said

HEADER = "Idempotency-Key"

_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_BARE = re.compile(r'[^",\s][^,]*')
_ESCAPED = re.compile(r'\\(["\\])')
_USABLE = re.compile(r"[\x20-\x7e]{1,255}")


def keyed(request: Request) -> Keyed | None:
    """The request under its key, or None without one. Raises Problem VALIDATION."""
    if HEADER not in request.headers:
        return None  # before the body is looked at: without a key nobody has to say what an empty one is
    return keyed_with(request._request, request.data)


def keyed_with(request: Asked | HttpRequest, body: Any) -> Keyed | None:
    """The same, of a request whose body was read."""
    header = request.headers.get(HEADER)
    if header is None:
        return None
    match = request.resolver_match
    operation = f"{request.method} {match.url_name if match else ''}"
    sent: bytes = body if isinstance(body, bytes) else b""
    asked = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + sent).digest()
    return Keyed(operation, hashlib.sha256(_key(header).encode()).digest(), asked)


def _key(header: str) -> str:
    text = header.strip()
    quoted = _QUOTED.fullmatch(text)
    key = _ESCAPED.sub(r"\1", quoted[1]) if quoted else text
    if not (quoted or _BARE.fullmatch(text)) or not _USABLE.fullmatch(key):
        raise invalid("", said("Idempotency-Key has 1 to 255 printable ASCII characters, and there is one of it."))
    return key
