"""JSON in: read in the one way that it can be, typed by msgspec, refused with the field that is wrong."""

from typing import Any, TypeVar

import msgspec
from rest_framework.parsers import BaseParser

from kernel.errors import VALIDATION, FieldError, Problem
from kernel.language import number, said
from policy.strict_json import NotStrictJSONError, load
from policy.type_errors import type_error

MAX_BODY_BYTES = 64_000
T = TypeVar("T")


class JSONBytesParser(BaseParser):
    """Hands the body on as bytes, never more than `max_bytes`; each operation decodes into its own type."""

    media_type = "application/json"
    max_bytes = MAX_BODY_BYTES

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The body. Raises Problem VALIDATION when it is too long."""
        body: bytes = stream.read(self.max_bytes + 1)
        if len(body) > self.max_bytes:
            raise invalid("", said("This request has at most {most} bytes.").format(most=number(self.max_bytes)))
        return body


def decode(body: Any, kind: type[T]) -> T:
    """The body as a value of this type. Raises Problem VALIDATION, pointing at the field (RFC 6901)."""
    if not isinstance(body, bytes) or not body:
        raise invalid("", said("Send a JSON object."))
    try:
        content = load(body, len(body))
    except NotStrictJSONError as error:
        raise invalid("", said("This request {error}").format(error=error)) from error
    return convert(content, kind)


def convert(content: Any, kind: type[T]) -> T:
    """JSON values as a value of this type. Raises Problem VALIDATION, pointing at the field."""
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        wrong = type_error(str(error))
        raise invalid(wrong.pointer, wrong.detail) from error


def invalid(pointer: str, detail: str) -> Problem:
    """The problem of one unusable field."""
    return Problem(VALIDATION, errors=[FieldError(pointer, detail)], detail=detail)
