"""What msgspec refuses of a value's type, in the reader's language and without what was written there.

Its own phrases are English and its alone. Whatever it says that isn't known here is told at least by its place.
"""

import re
from collections.abc import Callable, Iterator

from kernel.errors import FieldError
from kernel.language import number, said
from policy.schema_errors import OTHERWISE, TYPES, WORDS

NONE_OF_THOSE = "This is none of the values that are possible here."
_AT = re.compile(r" - at (?:`key` in )?`\$(?P<path>[^`]*)`$")
_NAMES = {"array": "array", "bool": "boolean", "int": "integer", "null": "null", "object": "object", "str": "string"}
_BOUNDS = {
    ("int", ">="): "minimum",
    ("int", "<="): "maximum",
    ("str", "of length >="): "minLength",
    ("str", "of length <="): "maxLength",
    ("array", "of length >="): "minItems",
    ("array", "of length <="): "maxItems",
}


def type_error(message: str) -> FieldError:
    """Where (RFC 6901), and what must stand there instead."""
    found = _AT.search(message)
    path, phrase = (found["path"], message[: found.start()]) if found else ("", message)
    return FieldError(_pointer(path), next(_tellings(phrase), said(OTHERWISE)))


def _pointer(path: str) -> str:
    """`.items[3].path` as `/items/3/path`. A value below some name of an object is told by the object's place."""
    return path.replace("[...]", "").replace(".", "/").replace("[", "/").replace("]", "")


def _tellings(phrase: str) -> Iterator[str]:
    for pattern, tell in _PHRASES:
        if (match := pattern.fullmatch(phrase)) and (told := tell(match)):
            yield told


def _missing(match: re.Match[str]) -> str:
    return said(WORDS["required"]).format(value=f'"{match[1]}"')


def _unknown(match: re.Match[str]) -> str:
    return said(WORDS["additionalProperties"]).format(value=f'"{match[1]}"')


def _bound(match: re.Match[str]) -> str:
    keyword = _BOUNDS.get((match[1], match[2]))
    return said(WORDS[keyword]).format(value=number(int(match[3]))) if keyword else ""


def _pattern(match: re.Match[str]) -> str:
    return said(WORDS["pattern"]).format(value=match[1])


def _type(match: re.Match[str]) -> str:
    names = match[1].split(" | ")
    told = f" {said('or')} ".join(said(TYPES[_NAMES[name]]) for name in names if name in _NAMES)
    return said(WORDS["type"]).format(value=told) if told else ""


_PHRASES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"Object missing required field `([^`]*)`"), _missing),
    (re.compile(r"Object contains unknown field `([^`]*)`"), _unknown),
    (re.compile(r"Expected `(\w+)(?: \| null)?` (\D+) (-?\d+)"), _bound),
    (re.compile(r"Expected `str(?: \| null)?` matching regex '(.*)'"), _pattern),
    (re.compile(r"Expected `([^`]*)`(?:, got `.*`)?"), _type),
    (re.compile(r"Invalid enum value .*", re.DOTALL), lambda _match: said(NONE_OF_THOSE)),
)
