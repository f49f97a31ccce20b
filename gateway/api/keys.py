"""The Idempotency-Key header: quoted (RFC 8941 §3.3.3) or bare, 1 to 255 printable characters."""

import hashlib
import re
from typing import Any

from rest_framework.request import Request

from gateway.api.parsing import invalid
from gateway.kept_answers import Keyed

_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_BARE = re.compile(r'[^",\s][^,]*')
_ESCAPED = re.compile(r'\\(["\\])')
_USABLE = re.compile(r"[\x20-\x7e]{1,255}")


def keyed(request: Request) -> Keyed | None:
    """The request under its key, or None without one. Raises Problem VALIDATION."""
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return None
    match = request._request.resolver_match
    operation = f"{request.method} {match.url_name if match else ''}"
    data: Any = request.data
    body: bytes = data if isinstance(data, bytes) else b""
    asked = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + body).digest()
    return Keyed(operation, hashlib.sha256(_key(header).encode()).digest(), asked)


def _key(header: str) -> str:
    text = header.strip()
    quoted = _QUOTED.fullmatch(text)
    key = _ESCAPED.sub(r"\1", quoted[1]) if quoted else text
    if not (quoted or _BARE.fullmatch(text)) or not _USABLE.fullmatch(key):
        raise invalid("", "Idempotency-Key has 1 to 255 printable ASCII characters, and there is one of it.")
    return key
