"""What msgspec refuses, told in our words. Each phrase comes of msgspec itself, so one that it changes is found."""

import enum
import re
from typing import Annotated, Any

import msgspec
import pytest
from django.utils.translation import override

from policy.type_errors import type_error
from tests.help.words import WORD, english_words


class Colour(enum.StrEnum):
    RED = "red"


class Part(msgspec.Struct, forbid_unknown_fields=True):
    path: Annotated[str, msgspec.Meta(max_length=5, min_length=1)]
    size: Annotated[int, msgspec.Meta(ge=1, le=9)] = 1
    tags: Annotated[list[str], msgspec.Meta(max_length=1)] | None = None
    digest: Annotated[str, msgspec.Meta(pattern="^[a-f]+$")] | None = None
    colour: Colour = Colour.RED
    labels: dict[str, int] = {}


class Whole(msgspec.Struct):
    parts: list[Part]


REFUSED = {
    "a field of another type": ({"size": "x"}, "/parts/0/size", "This must be a whole number."),
    "one of two types": ({"digest": 1}, "/parts/0/digest", "This must be text or null."),
    "a list": ({"tags": "x"}, "/parts/0/tags", "This must be a list or null."),
    "too small": ({"size": 0}, "/parts/0/size", "This is at least 1."),
    "too large": ({"size": 10}, "/parts/0/size", "This is at most 9."),
    "too long": ({"path": "abcdef"}, "/parts/0/path", "Characters here: at most 5."),
    "too short": ({"path": ""}, "/parts/0/path", "Characters here: at least 1."),
    "too many": ({"tags": ["a", "b"]}, "/parts/0/tags", "Entries here: at most 1."),
    "another form": ({"digest": "xyz"}, "/parts/0/digest", "This must match ^[a-f]+$."),
    "none of some": ({"colour": "blue"}, "/parts/0/colour", "This is none of the values that are possible here."),
    "an unknown field": ({"other": 1}, "/parts/0", 'There is no field of this name: "other".'),
    "a missing field": ({"path": None, "-": "path"}, "/parts/0", 'The field "path" is missing.'),
    "within an object": ({"labels": {"a": "x"}}, "/parts/0/labels", "This must be a whole number."),
}


def refusal(change: dict[str, Any]) -> str:
    part = {"path": "a", **change}
    part.pop(part.pop("-", ""), None)
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert({"parts": [part]}, Whole)
    return str(refused.value)


@pytest.mark.parametrize("name", REFUSED)
def test_a_value_of_another_type_is_told_with_its_place(name: str) -> None:
    change, pointer, words = REFUSED[name]
    wrong = type_error(refusal(change))
    assert (wrong.pointer, wrong.detail) == (pointer, words)
    with override("de"):
        said = type_error(refusal(change)).detail
    ours = re.sub(r'"\w+"', "", said)
    assert [word for word in WORD.findall(ours) if word.lower() in english_words()] == []


def test_a_phrase_that_is_not_known_is_told_by_its_place_alone() -> None:
    wrong = type_error("Something that nobody foresaw - at `$.parts[2].size`")
    assert (wrong.pointer, wrong.detail) == ("/parts/2/size", "This can't be used here.")
