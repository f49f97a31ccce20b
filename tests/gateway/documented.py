"""Whether an answer is one that the OpenAPI document promises: its status, its problem, its body, its headers."""

import json
import re
from functools import cache
from typing import Any

import jsonschema_rs

from gateway.document.openapi import document
from gateway.document.shared import RATE_HEADERS

Json = dict[str, Any]
_NEEDS = {"429": "Retry-After", "401": "WWW-Authenticate"}


def require_documented(method: str, path: str, answer: Any) -> None:
    """Raises AssertionError for an answer that a client could not have expected; foreign addresses aren't looked at."""
    operation = operation_at(method, path)
    if operation is None:
        return
    told = operation["responses"].get(str(answer.status_code))
    assert told is not None, f"{operation['operationId']} answers {answer.status_code}: {answer.content[:300]!r}"
    promised = resolved(told)
    for name in _RATES & set(answer.headers):
        assert name in promised["headers"], f"{operation['operationId']} has an undocumented {name}"
    assert set(answer.headers) >= set(RATE_HEADERS) & set(promised["headers"]), f"{operation['operationId']}: no room"
    if name := _NEEDS.get(str(answer.status_code)):
        assert name in answer.headers, f"{operation['operationId']} answers {answer.status_code} without {name}"
    _require_body(operation["operationId"], promised.get("content", {}), answer)


def _require_body(name: str, content: Json, answer: Any) -> None:
    if not content:
        assert answer.content == b"", name
        return
    kind = answer.headers["Content-Type"]
    assert kind in content, f"{name} answers {kind}"
    body = json.loads(answer.content)
    _validator(json.dumps(content[kind]["schema"])).validate(body)
    if kind == "application/problem+json":
        assert body["code"] in content[kind]["examples"], f"{name} may not answer {body['code']}"


def operation_at(method: str, path: str) -> Json | None:
    """The operation that is documented for this request."""
    for pattern, item in _addresses():
        if pattern.fullmatch(path.partition("?")[0]):
            found: Json | None = item.get(method.lower())
            return found
    return None


def resolved(part: Json) -> Json:
    """What a reference refers to."""
    found: Any = document()
    for name in part["$ref"].removeprefix("#/").split("/") if "$ref" in part else ():
        found = found[name]
    return part if found is document() else found


@cache
def _addresses() -> list[tuple[re.Pattern[str], Json]]:
    """Fixed addresses before those with ids in them."""
    uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    items = sorted(document()["paths"].items(), key=lambda item: item[0].count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", uuid, address)), item) for address, item in items]


@cache
def _validator(schema: str) -> Any:
    whole = {**json.loads(schema), "components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


_RATES = frozenset({"X-RateLimit-Limit", "RateLimit", "Retry-After", "ETag", "Idempotent-Replayed"})
