"""JSON in, by msgspec: typed, strict, and refused with the field that is wrong."""

import re
from typing import Any, TypeVar

import msgspec
from rest_framework.parsers import BaseParser

from kernel.errors import VALIDATION, FieldError, Problem

MAX_BODY_BYTES = 64_000
_AT = re.compile(r" - at `\$(?P<path>[^`]*)`$")
T = TypeVar("T")


class JSONBytesParser(BaseParser):
    """Hands the body on as bytes, never more than MAX_BODY_BYTES; each operation decodes into its own type."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The body. Raises Problem VALIDATION when it is too long."""
        body: bytes = stream.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            raise invalid("", f"A request has at most {MAX_BODY_BYTES:,} bytes.")
        return body


def decode(body: Any, kind: type[T]) -> T:
    """The body as a value of this type. Raises Problem VALIDATION, pointing at the field (RFC 6901)."""
    if not isinstance(body, bytes) or not body:
        raise invalid("", "Send a JSON object.")
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        message = str(error)
        found = _AT.search(message)
        pointer = found["path"].replace(".", "/") if found else ""
        raise invalid(pointer, message[: found.start()] if found else message) from error
    except (RecursionError, UnicodeDecodeError) as error:
        raise invalid("", "This is not usable JSON.") from error


def invalid(pointer: str, detail: str) -> Problem:
    """The problem of one unusable field."""
    return Problem(VALIDATION, errors=[FieldError(pointer, detail)], detail=detail)
