"""Answers that a client may hold already: ETag and If-None-Match (RFC 9110 §8.8.3, §13.1.2)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response


@dataclass(frozen=True, slots=True)
class Fresh:
    """An answer with its ETag. No content for whoever has it already."""

    status: int
    content: bytes | None
    headers: Mapping[str, str]


def fresh(if_none_match: str, answer: Any) -> Fresh:
    """The answer, or 304 to whoever named its ETag.

    It may be held by its reader alone, who asks each time whether it is still that.
    """
    content = msgspec.json.encode(answer)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    is_known = etag in _named(if_none_match)
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    return Fresh(304 if is_known else 200, None if is_known else content, headers)


def unless_known(request: Request, answer: Any) -> Response:
    """The same over HTTP."""
    told = fresh(request.headers.get("If-None-Match", ""), answer)
    content = None if told.content is None else msgspec.Raw(told.content)
    return Response(content, status=told.status, headers=dict(told.headers))


def _named(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
