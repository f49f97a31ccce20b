"""What operations have in common: headers, parameters, and how a client shows who it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.api.pagination import DEFAULT_LIMIT, MAX_LIMIT, MAX_PREFIX_CHARACTERS
from storage.listing import Sort

Json = dict[str, Any]
_TEXT: Json = {"type": "string"}
_NUMBER: Json = {"type": "integer", "minimum": 0}

RATE_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit-Policy", "RateLimit")
_HEADERS: Mapping[str, tuple[str, Json, Any]] = {
    "X-RateLimit-Limit": ("Units that the most constraining layer lets in at once.", _NUMBER, 100),
    "X-RateLimit-Remaining": ("Units of it that are left.", _NUMBER, 99),
    "X-RateLimit-Reset": ("Seconds until all of it is there again.", _NUMBER, 1),
    "RateLimit-Policy": (
        "Each layer's room `q` and window `w` in seconds (IETF draft on RateLimit header fields).",
        _TEXT,
        '"app";q=100;w=60',
    ),
    "RateLimit": ("What is left in each layer, `r`, and in how many seconds it is full, `t`.", _TEXT, '"app";r=99;t=1'),
    "Retry-After": ("Seconds after which the same call is let in.", _NUMBER, 5),
    "Idempotent-Replayed": ("`true`: this was done before, under the same Idempotency-Key.", _TEXT, "true"),
    "ETag": ("Names this answer; send it as If-None-Match.", _TEXT, '"0f2b6c7f1d1e4f0a9f0a1b2c3d4e5f60"'),
    "WWW-Authenticate": ("How to prove who asks (RFC 9110 §11.6.1).", _TEXT, 'Bearer realm="gatehouse"'),
    "X-Request-Id": ("The request's name in our records; yours, where you sent one.", _TEXT, "01a20a3294ce74f2"),
}
_PARAMETERS: Mapping[str, Json] = {
    "folder": {
        "in": "query",
        "description": "The folder's path; empty is the root.",
        "schema": _TEXT,
        "example": "Trips/Rome",
    },
    "prefix": {
        "in": "query",
        "description": "What names begin with; only in the orders by name.",
        "schema": {"type": "string", "maxLength": MAX_PREFIX_CHARACTERS},
    },
    "sort": {
        "in": "query",
        "description": "The order of the files; folders are always first, by name.",
        "schema": {"type": "string", "enum": [str(sort) for sort in Sort], "default": str(Sort.NAME)},
    },
    "cursor": {"in": "query", "description": "`next_cursor` of the page before.", "schema": _TEXT},
    "limit": {
        "in": "query",
        "description": "How many things a page holds.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    },
    "Idempotency-Key": {
        "in": "header",
        "description": "Your own name for this request, quoted or bare: however often it comes within 24 hours, "
        "it is done once.",
        "schema": {"type": "string", "pattern": r'^("([ !#-\[\]-~]|\\["\\]){1,255}"|[!#-+\--~][ -+\--~]{0,254})$'},
        "example": "8f14e45f-ea8a-4c6e-9b1e-0f2f7a6c1d2e",
    },
    "If-None-Match": {
        "in": "header",
        "description": "ETags of answers that you have; 304 says that one is still so.",
        "schema": _TEXT,
    },
}
_SCHEMES: Mapping[str, Json] = {
    "scopedToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "at+jwt",
        "description": "A token for one app, a few actions, one folder and some minutes, from `/oauth/token`.",
    },
    "appSecret": {
        "type": "http",
        "scheme": "basic",
        "description": "A server app's publishable id (`app_…`) and its secret.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "session",
        "description": "A person who is signed in; changes need the header `X-CSRFToken` too.",
    },
}


def components() -> Json:
    """The headers, parameters and security schemes that operations refer to."""
    return {
        "headers": {
            name: {"description": words, "schema": kind, "example": example}
            for name, (words, kind, example) in _HEADERS.items()
        },
        "parameters": {name: {"name": name, **parameter} for name, parameter in _PARAMETERS.items()},
        "securitySchemes": dict(_SCHEMES),
    }


def headers(*names: str) -> Json:
    """References to some of the headers."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*names, "X-Request-Id")}


def parameters(*names: str) -> list[Json]:
    """References to some of the parameters."""
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def shape(name: str) -> Json:
    """A reference to one shape."""
    return {"$ref": f"#/components/schemas/{name}"}


def content(schema: Json, name: str, values: Sequence[Any]) -> Json:
    """A body with its examples (OpenAPI 3.1 §4.8.14)."""
    names = [name if number == 0 else f"{name}{number + 1}" for number in range(len(values))]
    return {"schema": schema, "examples": {name: {"value": value} for name, value in zip(names, values, strict=True)}}
