"""The door for template documents: from bytes that anybody wrote to the typed value that is enforced."""

import json
from functools import cache
from importlib import resources
from itertools import islice
from typing import Any

import jsonschema_rs
import msgspec

from kernel.errors import FieldError
from kernel.language import said
from policy.contradictions import contradictions_in
from policy.schema_errors import field_error
from policy.shape import Document, Lifecycle
from policy.strict_json import NotStrictJSONError, load

__all__ = ["MAX_DOCUMENT_BYTES", "Document", "DocumentError", "Lifecycle", "as_json", "as_terms", "parse"]

MAX_DOCUMENT_BYTES = 256_000
_MAX_ERRORS = 50


class DocumentError(ValueError):
    """The document can't be a template; `errors` says which fields and why."""

    def __init__(self, *errors: FieldError) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{error.pointer or '/'}: {error.detail}" for error in errors))


def parse(raw: bytes) -> Document:
    """The document that the JSON text is.

    Raises DocumentError with the fields that can't stay as they are: the first fifty that the schema refuses, or
    all that contradict each other.
    """
    content = _content(raw)
    if errors := tuple(field_error(error) for error in islice(_schema().iter_errors(content), _MAX_ERRORS)):
        raise DocumentError(*errors)
    document = msgspec.convert(content, Document, strict=True)
    if contradictions := contradictions_in(document):
        raise DocumentError(*contradictions)
    return document


def as_json(document: Document) -> dict[str, Any]:
    """The document as plain JSON values, with its defaults written out: what is stored and digested.

    Fields that came later and aren't used are left out, so that an older document keeps its digest.
    """
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document))
    return {name: value for name, value in plain.items() if value is not None}


def as_terms(lifecycle: Lifecycle) -> list[dict[str, Any]]:
    """Its days for some labels as plain JSON values, for whoever keeps files by them."""
    terms: list[dict[str, Any]] = msgspec.to_builtins(lifecycle.labels or ())
    return list(terms)


def _content(raw: bytes) -> Any:
    try:
        return load(raw, MAX_DOCUMENT_BYTES)
    except NotStrictJSONError as error:
        raise DocumentError(FieldError("", said("This document {error}").format(error=error))) from error


@cache
def _schema() -> jsonschema_rs.Draft202012Validator:
    text = resources.files("policy").joinpath("template.schema.json").read_text(encoding="utf-8")
    return jsonschema_rs.Draft202012Validator(json.loads(text))
