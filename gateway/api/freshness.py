"""Answers that a client may hold already: ETag and If-None-Match (RFC 9110 §8.8.3, §13.1.2)."""

import hashlib
from typing import Any

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response


def unless_known(request: Request, answer: Any) -> Response:
    """The answer with its ETag, or 304 without content to whoever has it already.

    It may be held by its reader alone, who asks each time whether it is still that.
    """
    content = msgspec.json.encode(answer)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    is_known = etag in _named(request.headers.get("If-None-Match", ""))
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    return Response(None if is_known else msgspec.Raw(content), status=304 if is_known else 200, headers=headers)


def _named(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
