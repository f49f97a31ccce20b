"""Reading JSON that has exactly one meaning, in bounded time and depth (RFC 7493, I-JSON).

Parsers differ on what stands here twice, is not UTF-8 or is not a whole number; a document that two of them read
differently could be reviewed as one thing and enforced as another.
"""

import json
from typing import Any, NoReturn

from kernel.language import number, said

MAX_DEPTH = 16


class NotStrictJSONError(ValueError):
    """The text can't be read in exactly one way; its text ends the sentence "This document …"."""


def load(raw: bytes, max_bytes: int) -> Any:
    """The content of a JSON text in UTF-8. Raises NotStrictJSONError."""
    if len(raw) > max_bytes:
        raise NotStrictJSONError(said("has more than {most} bytes.").format(most=number(max_bytes)))
    try:
        content = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_without_duplicates,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
    except NotStrictJSONError:
        raise
    except (ValueError, RecursionError) as error:
        raise NotStrictJSONError(said("is not JSON in UTF-8.")) from error
    _check_depth_and_text(content)
    return content


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise NotStrictJSONError(said("has the field {name} twice.").format(name=ascii(twice[:40])))
    return content


def _refuse_number(text: str) -> NoReturn:
    raise NotStrictJSONError(said("has the number {number}; numbers are whole here.").format(number=text[:40]))


def _check_depth_and_text(content: Any) -> None:
    """Level by level and without recursion, so that no depth can exhaust the stack."""
    level, depth = [content], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise NotStrictJSONError(said("is nested more than {most} levels deep.").format(most=MAX_DEPTH))
        for text in level:
            _check_text(text)
        level = [child for parent in level for child in _children(parent)]


def _children(content: Any) -> list[Any]:
    if isinstance(content, dict):
        return [*content.keys(), *content.values()]
    return content if isinstance(content, list) else []


def _check_text(content: Any) -> None:
    """An escaped half of a surrogate pair is no character: it can't be hashed, stored or shown."""
    if isinstance(content, str) and not content.isascii() and any("\ud800" <= letter <= "\udfff" for letter in content):
        raise NotStrictJSONError(said("has text that is not Unicode."))
