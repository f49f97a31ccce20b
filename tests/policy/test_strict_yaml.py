"""YAML that means one thing (attack 58)."""

import json
import time

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from policy.strict_yaml import NotStrictYAMLError, as_json, load
from tests.help.words import WORD, english_words

LIMIT = 256_000
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + depth)}: &{chr(98 + depth)} [{', '.join(['*' + chr(97 + depth)] * 9)}]\n" for depth in range(9)
)


def refusal(text: str | bytes) -> str:
    with pytest.raises(NotStrictYAMLError) as error:
        load(text.encode() if isinstance(text, str) else text, LIMIT)
    return str(error.value)


def test_a_plain_document_is_read() -> None:
    text = """
# a comment
name: Team Photos
version: 1.0.0
quota: {app_bytes: 5, app_objects: -7}
types: [image/jpeg, "image/png"]
nothing: null
also: ~
open: true
words: |
  two
  lines
"""
    assert load(text.encode(), LIMIT) == {
        "name": "Team Photos", "version": "1.0.0", "quota": {"app_bytes": 5, "app_objects": -7},
        "types": ["image/jpeg", "image/png"], "nothing": None, "also": None, "open": True, "words": "two\nlines\n",
    }  # fmt: skip


@pytest.mark.parametrize("word", ["no", "yes", "on", "off", "y", "0x1F", "12:30:45", "2026-01-01", "1_000", "0o7"])
def test_what_older_yaml_would_turn_into_something_else_stays_text(word: str) -> None:
    assert load(f"a: {word}".encode(), LIMIT) == {"a": word}


@pytest.mark.parametrize("word", ["true", "5", "null", "1.5", "~"])
def test_what_stands_in_quotes_is_text(word: str) -> None:
    assert load(f"a: '{word}'".encode(), LIMIT) == {"a": word}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, "has an anchor (&); write it out (line 1)."),
        ("a: [1, *b]", "has an alias"),
        ("a: &x 1", "has an anchor"),
        ("a: !!python/object/apply:os.system ['id']", "has a tag"),
        ("a: !!binary aGk=", "has a tag"),
        ("!!map {a: 1}", "has a tag"),
        ("a: {<<: {b: 1}}", "whose name is no plain text"),
        ("a: 1\na: 2", "has the field 'a' twice (line 2)."),
        ("? [a, b]\n: 1", "whose name is no plain text"),
        ("a: 1\n---\nb: 2", "more than one document"),
        ("", "more than one document, or none"),
        ("a: 1.5", "numbers are whole"),
        ("a: .inf", "numbers are whole"),
        ("a: 012", "numbers are whole"),
        ("a: 1e9", "numbers are whole"),
        ("a: " + "9" * 400, "too large"),
        ("a: [", "is not YAML"),
        ("a: \x00", "is not YAML"),
        ("\ta: 1", "is not YAML"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        ("a: " + "[" * 40 + "]" * 40, "more than 16 levels deep"),
        ("[" * 100_000, "more than 16 levels deep"),
        ("- a\n" * 30_000, "more than 20,000 parts"),
        ("a: " + "x" * LIMIT, "more than 256,000 bytes"),
    ],
    ids=lambda value: ascii(value[:30]) if isinstance(value, str) else "bytes",
)  # fmt: skip
def test_what_has_several_meanings_or_no_end_is_refused(text: str | bytes, words: str) -> None:
    began = time.perf_counter()
    assert words in refusal(text)
    assert time.perf_counter() - began < 1


BROKEN = {
    "a: [1, 2": "a list in brackets has no end (line 1).",
    "{a: 1": "fields in braces have no end (line 1).",
    "a: b: c": "a colon stands where no field can begin; put the text in quotes (line 1).",
    "a: @x": "text can't begin with this character; put it in quotes (line 1).",
    "a: 'x": "a text in quotes has no end (line 1).",
    'a: "\\q"': "a backslash stands before a letter that it can't stand before (line 1).",
    "- a\nb: 1": "a list goes on without a hyphen (line 2).",
    "a: 1\n b: 2\nc: 3": "a colon stands where no field can begin; put the text in quotes (line 2).",
    "a:\n  b: 1\n c: 2": "a field is indented unlike its neighbours (line 3).",
    "a: - b": "a hyphen stands where no list can begin (line 1).",
    "%YAML 3.0\n---\na: 1": "something stands here that can't be read (line 1).",
    "a: \x07": "it has characters that none may have.",
}


@pytest.mark.parametrize("text", BROKEN, ids=ascii)
def test_what_is_no_yaml_is_told_in_our_words_and_in_the_readers_language(text: str) -> None:
    assert refusal(text) == f"is not YAML: {BROKEN[text]}"
    with override("de"):
        words = refusal(text)
    assert [word for word in WORD.findall(words) if word.lower() in english_words()] == []


VISIBLE = st.characters(codec="utf-8", categories=["L", "N", "P", "S"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(VISIBLE),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcdef", min_size=1), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abcdef", min_size=1), JSON, max_size=4))
def test_every_json_document_is_read_as_json_reads_it(content: dict[str, object]) -> None:
    text = json.dumps(content, ensure_ascii=False).encode()
    assert json.loads(as_json(text, LIMIT)) == content


@given(st.binary(max_size=200))
def test_nothing_but_a_refusal_comes_of_garbage(raw: bytes) -> None:
    try:
        load(raw, LIMIT)
    except NotStrictYAMLError as error:
        assert str(error).endswith(".")
