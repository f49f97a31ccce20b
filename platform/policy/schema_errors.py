"""What the schema of template documents refuses, in the reader's language and without what was written there.

A keyword that the schema uses and that stands not in WORDS is a defect; its author is told at least where it is.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import jsonschema_rs

from kernel.errors import FieldError
from kernel.language import number, said

WORDS: Mapping[str, str] = {
    "additionalProperties": "There is no field of this name: {value}.",
    "const": "This must be {value}.",
    "contains": "An entry that must stand here is missing.",
    "enum": "This must be one of {value}.",
    "maxItems": "Entries here: at most {value}.",
    "maxLength": "Characters here: at most {value}.",
    "maximum": "This is at most {value}.",
    "minItems": "Entries here: at least {value}.",
    "minLength": "Characters here: at least {value}.",
    "minProperties": "Fields here: at least {value}.",
    "minimum": "This is at least {value}.",
    "oneOf": "Exactly one of the forms that are possible here is needed.",
    "pattern": "This must match {value}.",
    "required": "The field {value} is missing.",
    "type": "This must be {value}.",
    "uniqueItems": "The same entry stands here twice.",
}
TYPES: Mapping[str, str] = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "object": "an object of fields",
    "string": "text",
}
UNSEEN, OTHERWISE = "This holds characters that can't be used here.", "This can't be used here."
_LONGEST_PATTERN = 100
"""Beyond are those that name the invisible characters which no text may hold."""
_MAX_DETAIL_CHARACTERS = 300


def field_error(error: jsonschema_rs.ValidationError) -> FieldError:
    """Where, and what must stand there instead."""
    keyword, value = error.kind.name, error.kind.value
    words = WORDS.get(keyword, OTHERWISE)
    if keyword == "pattern" and len(value) > _LONGEST_PATTERN:
        words = UNSEEN
    told = said(words).format(value=_TOLD.get(keyword, str)(value))
    return FieldError(_pointer(error), told[:_MAX_DETAIL_CHARACTERS])


def _types(names: list[str]) -> str:
    return ", ".join(said(TYPES[name]) for name in names)


def _values(values: list[Any]) -> str:
    return ", ".join(json.dumps(value, ensure_ascii=False) for value in values)


_TOLD: Mapping[str, Callable[[Any], str]] = {
    "additionalProperties": _values,
    "const": lambda value: _values([value]),
    "enum": _values,
    "required": lambda value: _values([value]),
    "type": _types,
    **dict.fromkeys(("maxItems", "maxLength", "maximum", "minItems", "minLength", "minProperties", "minimum"), number),
}


def _pointer(error: jsonschema_rs.ValidationError) -> str:
    """Where, as RFC 6901 §3 spells it."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in error.instance_path)
    return "".join(f"/{step}" for step in steps)
