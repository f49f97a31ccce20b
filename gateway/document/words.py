"""A JSON Schema in a few words, as a person reads it in a table."""

from typing import Any

Json = dict[str, Any]
_FORMATS = {"date-time": "time", "uuid": "id"}
_TYPES = {"integer": "whole number", "string": "text", "boolean": "true or false", "object": "object", "null": "null"}


def field_words(schema: Json) -> str:
    """What may stand there, with its limits."""
    name = named_by(schema)
    if schema.get("type") == "array":
        return f"list of {field_words(schema['items'])}{_limits(schema)}"
    if "anyOf" in schema:
        return " or ".join(field_words(one) for one in schema["anyOf"])
    if "enum" in schema and len(schema["enum"]) <= 8:
        return ", ".join(str(value) for value in schema["enum"])
    if name:
        return name
    kind = _FORMATS.get(schema.get("format", "")) or _TYPES.get(schema.get("type", ""), "anything")
    return kind + _limits(schema)


def named_by(schema: Json) -> str:
    """The shape that a schema refers to; an item's in a batch or a list; empty for none."""
    properties = schema.get("properties", {})
    for name in ("items", "results"):
        if name in properties:
            item = properties[name]["items"]
            return named_by(item.get("properties", {}).get("body", item))
    if schema.get("type") == "array":
        return named_by(schema["items"])
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _limits(schema: Json) -> str:
    """Its smallest and largest, as `1–255 characters`."""
    for low, high, unit in (
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", ""),
        ("minProperties", "maxProperties", " members"),
        ("minimum", "maximum", ""),
    ):
        if high in schema:
            return f", {schema.get(low, 0):,}–{schema[high]:,}{unit}"
    return ""
