"""Reading YAML that has exactly one meaning, in bounded time, size and depth: the part of YAML 1.2 that JSON is.

Events are read one by one and nothing else of YAML is built. Aliases (with them a few lines unfold to gigabytes),
anchors, tags, merge keys and second documents are refused. A plain scalar is null, true, false, a whole number, or
text: `no` is a word and 1.0.0 a version, as in YAML 1.2's core schema.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

import yaml

from kernel.language import number, said
from policy.strict_json import MAX_DEPTH

_MAX_EVENTS = 20_000
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FRACTION = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|nan)", re.IGNORECASE)
_WORDS: dict[str, Any] = {"null": None, "~": None, "": None, "true": True, "false": False}


PROBLEMS = {
    "block sequence entries are not allowed in this context": "a hyphen stands where no list can begin",
    "could not find expected ':'": "a field's name has no colon behind it",
    "did not find expected ',' or ']'": "a list in brackets has no end",
    "did not find expected ',' or '}'": "fields in braces have no end",
    "did not find expected '-' indicator": "a list goes on without a hyphen",
    "did not find expected key": "a field is indented unlike its neighbours",
    "found a tab character that violates indentation": "a tab indents it; use spaces",
    "found a tab character where an indentation space is expected": "a tab indents it; use spaces",
    "found character that cannot start any token": "text can't begin with this character; put it in quotes",
    "found unexpected end of stream": "a text in quotes has no end",
    "found unknown escape character": "a backslash stands before a letter that it can't stand before",
    "mapping values are not allowed in this context": "a colon stands where no field can begin; put the text in quotes",
}
"""What the parser says most often, in our words."""

_WITHOUT_END = {
    "did not find expected ',' or ']'",
    "did not find expected ',' or '}'",
    "found unexpected end of stream",
}

UNREADABLE, UNUSABLE = "something stands here that can't be read", "it has characters that none may have"


class NotStrictYAMLError(ValueError):
    """The text can't be read in exactly one way; its text ends the sentence "This document …"."""


def load(raw: bytes, max_bytes: int) -> Any:
    """The content of a YAML text in UTF-8. Raises NotStrictYAMLError."""
    if len(raw) > max_bytes:
        raise NotStrictYAMLError(said("has more than {most} bytes.").format(most=number(max_bytes)))
    try:
        return _Reader(yaml.parse(raw.decode("utf-8"), Loader=yaml.CSafeLoader)).document()
    except UnicodeDecodeError as error:
        raise NotStrictYAMLError(said("is not text in UTF-8.")) from error
    except yaml.YAMLError as error:
        raise NotStrictYAMLError(said("is not YAML: {problem}").format(problem=_where(error))) from error


def as_json(raw: bytes, max_bytes: int) -> bytes:
    """The same content as a JSON text, for a reader of strict JSON. Raises NotStrictYAMLError."""
    return json.dumps(load(raw, max_bytes), ensure_ascii=True).encode()


class _Reader:
    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._count = 0

    def document(self) -> Any:
        """The only document."""
        self._expect(yaml.StreamStartEvent)
        self._expect(yaml.DocumentStartEvent)
        content = self._value(self._next(), 1)
        self._expect(yaml.DocumentEndEvent)
        self._expect(yaml.StreamEndEvent)
        return content

    def _next(self) -> Any:
        self._count += 1
        if self._count > _MAX_EVENTS:
            raise NotStrictYAMLError(said("has more than {most} parts.").format(most=number(_MAX_EVENTS)))
        return next(self._events)

    def _expect(self, kind: type) -> None:
        if not isinstance(event := self._next(), kind):
            _refuse(event, said("has more than one document, or none."))

    def _value(self, event: Any, depth: int) -> Any:
        if isinstance(event, yaml.AliasEvent):
            _refuse(event, said("has an alias (*); write it out."))
        if getattr(event, "anchor", None) is not None:
            _refuse(event, said("has an anchor (&); write it out."))
        if getattr(event, "tag", None) is not None:
            _refuse(event, said("has a tag (!); take it away."))
        if depth > MAX_DEPTH:
            _refuse(event, said("is nested more than {most} levels deep.").format(most=MAX_DEPTH))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(depth)
        return _scalar(event)

    def _mapping(self, depth: int) -> dict[str, Any]:
        content: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent) or event.value == "<<":
                _refuse(event, said("has a field whose name is no plain text."))
            name = str(event.value)
            if name in content:
                _refuse(event, said("has the field {name} twice.").format(name=ascii(name[:40])))
            self._value(event, depth)  # a name with an anchor or a tag is refused as a value would be
            content[name] = self._value(self._next(), depth + 1)
        return content

    def _sequence(self, depth: int) -> list[Any]:
        content: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            content.append(self._value(event, depth + 1))
        return content


def _scalar(event: Any) -> Any:
    text = str(event.value)
    if event.style:  # quoted, or a block: text and nothing else
        return text
    if text.lower() in _WORDS and text in {text.lower(), text.capitalize(), text.upper()}:
        return _WORDS[text.lower()]
    if _WHOLE.fullmatch(text):
        if len(text) > 20:
            _refuse(event, said("has the number {number}, which is too large.").format(number=text[:40]))
        return int(text)
    if _FRACTION.fullmatch(text):
        words = said("has the number {number}; numbers are whole here, and text stands in quotes.")
        _refuse(event, words.format(number=text[:40]))
    return text


def _refuse(event: Any, words: str) -> NoReturn:
    raise NotStrictYAMLError(f"{words[:-1]} {_line(event.start_mark)}.")


def _where(error: yaml.YAMLError) -> str:
    """The parser's problem in our words and its line, without the text that it quotes.

    What has no end is told by the line where it begins.
    """
    problem = getattr(error, "problem", None)
    mark = getattr(error, "context_mark" if problem in _WITHOUT_END else "problem_mark", None)
    words = PROBLEMS.get(problem, UNREADABLE) if problem else UNUSABLE
    return f"{said(words)}{f' {_line(mark)}' if mark else ''}."


def _line(mark: Any) -> str:
    return said("(line {line})").format(line=mark.line + 1)
