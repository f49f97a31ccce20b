"""The OpenAPI 3.1 document, made by drf-spectacular of the addresses that there are and of what `operations` says.

An address that isn't described there can't be documented: making the document fails.
"""

import functools
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import msgspec
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from gateway.api import answers
from gateway.api.problems import problem_json
from gateway.document import protocol, shared
from gateway.document.examples import EXAMPLES, FACTS, plain
from gateway.document.operations import OF_EVERY_CHANGE, OF_EVERY_OPERATION, OPERATIONS, TAGS, Described
from gateway.document.shared import RATE_HEADERS, Json, headers, shape
from gateway.kept_answers import KEPT_REFUSALS
from kernel.errors import CATALOGUE, Problem, ProblemType

PREFIX = "/api/v1"
_FEW = 3
_REQUEST_ID = "01a20a3294ce74f28c4f5a7065cc6a70"


class GatewaySchema(AutoSchema):
    """Describes one operation as `operations` does, instead of guessing it from serializers that there aren't."""

    def get_operation(self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any) -> Json | None:
        """The operation object (OpenAPI 3.1 §4.8.10). Raises KeyError for an address that isn't described."""
        address = path.removeprefix(PREFIX)
        described = OPERATIONS[method.upper(), address]
        is_change = method.upper() != "GET"
        operation: Json = {
            "operationId": described.id,
            "summary": described.words,
            "tags": [address.split("/")[1].replace("-", " ")],
            "parameters": _parameters(described, address, is_change=is_change),
            "responses": {**_successes(described, is_change=is_change), **_refusals(described, is_change=is_change)},
            "security": _security(described),
        }
        if described.takes is not None:
            operation["requestBody"] = {
                "required": not described.is_bare,
                "content": {"application/json": _content(described.takes, many=described.many, of="items")},
            }
        return operation


def complete(result: Json, generator: Any, request: Any, public: bool) -> Json:
    """The document with the broker's operations, and with all that the operations refer to."""
    known = {**EXAMPLES, **protocol.EXAMPLES}
    kinds = [*known, answers.Problem]
    _, shapes = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    for kind, examples in known.items():
        shapes[kind.__name__]["examples"] = [plain(example) for example in examples]
    shapes["Problem"]["properties"]["code"]["enum"] = sorted(CATALOGUE)
    result["paths"] |= protocol.paths()
    result["tags"] = [{"name": name, "description": words} for name, words in TAGS.items()]
    result["components"] = {
        "schemas": dict(sorted(shapes.items())),
        "examples": {code: {"summary": kind.title, "value": _example(kind)} for code, kind in CATALOGUE.items()},
        "responses": dict(sorted(_shared_refusals().items())),
        **shared.components(),
    }
    return result


@functools.cache
def document() -> Json:
    """The OpenAPI document of this version of the API."""
    patterns = [path("api/v1/", include("gateway.api.urls"))]
    made: Json = SchemaGenerator(patterns=patterns).get_schema(public=True)  # type: ignore[no-untyped-call]  # none there
    return made


def _security(described: Described) -> list[Json]:
    """One call makes its own token: of an app's secret, or of the subject token in its body."""
    if described.makes_token:
        return [{"appSecret": []}, {}]
    return [{"scopedToken": [str(action) for action in described.needs]}]


def _parameters(described: Described, address: str, *, is_change: bool) -> list[Json]:
    names = [part[1:-1] for part in address.split("/") if part.startswith("{")]
    of_path: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}} for name in names
    ]
    asked = [*described.asks, *(["If-None-Match"] if described.is_cached else [])]
    if is_change and not described.makes_token:
        asked.append("Idempotency-Key")
    return [*of_path, *shared.parameters(*asked)]


def _successes(described: Described, *, is_change: bool) -> Json:
    names = [*RATE_HEADERS, *(["ETag"] if described.is_cached else []), *(["Idempotent-Replayed"] if is_change else [])]
    answer = {
        "description": described.words,
        "headers": headers(*names),
        "content": {"application/json": _content(described.gives, many=described.many, of="results")},
    }
    known = {"304": {"description": "What you have is still so.", "headers": headers(*names)}}
    return {str(status): answer for status in described.statuses} | (known if described.is_cached else {})


def _refusals(described: Described, *, is_change: bool) -> Json:
    """By status, each with an example of every problem that it may be; the common ones by reference."""
    groups = _groups(described, is_change=is_change)
    return {str(group[0].status): _reference(group) or _refusal(group) for group in groups}


def _shared_refusals() -> Json:
    told = ((described, method != "GET") for (method, _), described in OPERATIONS.items())
    groups = [group for described, is_change in told for group in _groups(described, is_change=is_change)]
    return {name: _refusal(group) for group in groups if (name := _name(group))}


def _groups(described: Described, *, is_change: bool) -> list[Sequence[ProblemType]]:
    return _by_status({*OF_EVERY_OPERATION, *described.refuses, *(OF_EVERY_CHANGE if is_change else ())})


def _by_status(kinds: set[ProblemType]) -> list[Sequence[ProblemType]]:
    ordered = sorted(kinds, key=lambda kind: (kind.status, kind.code))
    return [list(group) for _, group in groupby(ordered, key=lambda kind: kind.status)]


def _reference(kinds: Sequence[ProblemType]) -> Json | None:
    return {"$ref": f"#/components/responses/{_name(kinds)}"} if _name(kinds) else None


def _name(kinds: Sequence[ProblemType]) -> str:
    """What a refusal is shared under: its codes, where they are few; empty for one that stands by itself."""
    return ".".join(kind.code for kind in kinds) if len(kinds) <= _FEW else ""


def _refusal(kinds: Sequence[ProblemType]) -> Json:
    """Those that a key keeps may be replays, of what changes something."""
    names = [*RATE_HEADERS, *(["Retry-After"] if any(kind.retryable for kind in kinds) else [])]
    names += ["Idempotent-Replayed"] if kinds[0].status in KEPT_REFUSALS else []
    names += ["WWW-Authenticate"] if kinds[0].status == 401 else []
    examples = {kind.code: {"$ref": f"#/components/examples/{kind.code}"} for kind in kinds}
    return {
        "description": " · ".join(f"{kind.code}: {kind.title}" for kind in kinds),
        "headers": headers(*names),
        "content": {"application/problem+json": {"schema": shape("Problem"), "examples": examples}},
    }


def _content(kind: type, *, many: bool, of: str) -> Json:
    """A body's schema with its examples, each as the code that writes or reads it would have it."""
    values = [plain(example) for example in EXAMPLES[kind]]
    single = shape(kind.__name__)
    if many:
        single, values = _many(single, of), [{of: [_result(value, of) for value in values]}]
    return shared.content(single, kind.__name__, values)


def _many(item: Json, of: str) -> Json:
    one = item if of == "items" else _outcome(item)
    things: Json = {"type": "array", "items": one, "minItems": 1, "maxItems": 100}
    return {"type": "object", "required": [of], "properties": {of: things}, "additionalProperties": False}


def _outcome(body: Json) -> Json:
    """One item's end: its body, or the problem that it alone has."""
    return {
        "type": "object",
        "required": ["status"],
        "properties": {"status": {"type": "integer"}, "body": body, "problem": shape("Problem")},
    }


def _result(value: Any, of: str) -> Any:
    return value if of == "items" else {"status": 200, "body": value}


def _example(kind: ProblemType) -> Json:
    return problem_json(Problem.of(kind, FACTS)) | {"request_id": _REQUEST_ID}
