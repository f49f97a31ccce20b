"""The document as the reference page shows it: chapters of operations, then the shapes that they take and give."""

from dataclasses import dataclass
from typing import Any

import orjson

from gateway.document.samples import curl
from gateway.document.words import field_words, named_by

Json = dict[str, Any]
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_PROBLEM = "application/problem+json"
_METHODS = ("get", "post", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a shape, or one parameter."""

    name: str
    kind: str
    words: str
    is_required: bool
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One problem that an operation may answer."""

    status: str
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, ready to be read."""

    id: str
    method: str
    address: str
    words: str
    scopes: list[str]
    parameters: list[Field]
    takes: str
    gives: list[tuple[str, str, str]]
    sample: str
    answer: str
    refusals: list[Refusal]


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape with its members."""

    name: str
    words: str
    fields: list[Field]


def contents(document: Json) -> Json:
    """What the template shows."""
    tags = {tag["name"]: tag["description"] for tag in document["tags"]}
    found: dict[str, list[Operation]] = {name: [] for name in tags}
    for address, item in document["paths"].items():
        for method in (method for method in _METHODS if method in item):
            found[item[method]["tags"][0]].append(_operation(document, method, address, item[method]))
    shapes = [_shape(name, shape) for name, shape in document["components"]["schemas"].items()]
    chapters = [(name, words, found[name]) for name, words in tags.items()]
    return {"info": document["info"], "chapters": chapters, "shapes": shapes}


def _operation(document: Json, method: str, address: str, told: Json) -> Operation:
    body = _body(told.get("requestBody", {}))
    answers = {status: _resolved(document, answer) for status, answer in told["responses"].items()}
    good = {status: (answer, _body(answer)) for status, answer in answers.items() if _is_good(status)}
    return Operation(
        id=told["operationId"],
        method=method.upper(),
        address=address,
        words=told["summary"],
        scopes=[scope for needed in told["security"] for scope in needed.get("scopedToken", [])],
        parameters=[_parameter(_resolved(document, parameter)) for parameter in told.get("parameters", [])],
        takes=named_by(body.get("schema", {})),
        gives=[
            (status, answer["description"], named_by(given.get("schema", {})))
            for status, (answer, given) in good.items()
        ],
        sample=curl(method.upper(), address, told, _first_example(body)),
        answer=next((_text(example) for _, given in good.values() if (example := _first_example(given))), ""),
        refusals=[refusal for status, answer in answers.items() for refusal in _refusals(document, status, answer)],
    )


def _refusals(document: Json, status: str, answer: Json) -> list[Refusal]:
    """The problems of one status; OAuth's own errors are one."""
    codes = answer.get("content", {}).get(_PROBLEM, {}).get("examples", {})
    known = document["components"]["examples"]
    if codes or _is_good(status):
        return [Refusal(status, code, known[code]["summary"]) for code in codes]
    return [Refusal(status, "", answer["description"])]


def _is_good(status: str) -> bool:
    return status.startswith(("2", "3"))


def _parameter(told: Json) -> Field:
    where = {"path": "in the address", "query": "in the query", "header": "header"}[told["in"]]
    kind = field_words(told["schema"])
    return Field(told["name"], f"{kind}, {where}", told.get("description", ""), told.get("required", False))


def _shape(name: str, told: Json) -> Shape:
    required = set(told.get("required", ()))
    fields = [
        Field(field, field_words(kind), kind.get("description", ""), field in required, named_by(kind))
        for field, kind in told.get("properties", {}).items()
    ]
    return Shape(name, told.get("description", ""), fields)


def _body(part: Json) -> Json:
    """What a request or an answer holds, as JSON or as a form."""
    content: Json = part.get("content", {})
    found: Json = content.get(_JSON) or content.get(_FORM) or {}
    return found


def _first_example(body: Json) -> Any:
    return next((one["value"] for one in body.get("examples", {}).values()), None)


def _text(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _resolved(document: Json, part: Json) -> Json:
    if "$ref" not in part:
        return part
    found: Any = document
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    resolved: Json = found
    return resolved
