"""The canonical form: one spelling for one content (RFC 8785)."""

import enum
import hashlib
import json
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.canonical import canonical_bytes, digest
from policy.document import Document, as_json, parse

TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=6))


def shuffled(content: object, order: random.Random) -> object:
    """The same content with the members of every object in another order."""
    if isinstance(content, dict):
        names = list(content)
        order.shuffle(names)
        return {name: shuffled(content[name], order) for name in names}
    return [shuffled(item, order) for item in content] if isinstance(content, list) else content


@given(JSON, st.randoms(use_true_random=False))
def test_the_order_of_members_does_not_matter(content: object, order: random.Random) -> None:
    assert canonical_bytes(shuffled(content, order)) == canonical_bytes(content)


@given(JSON)
def test_the_form_says_the_same_as_the_content(content: object) -> None:
    assert json.loads(canonical_bytes(content)) == content


@given(JSON)
def test_the_form_of_the_form_is_itself(content: object) -> None:
    once = canonical_bytes(content)
    assert canonical_bytes(json.loads(once)) == once


@given(JSON, JSON)
def test_different_contents_have_different_forms(one: object, other: object) -> None:
    same = canonical_bytes(one) == canonical_bytes(other)
    assert same == (json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True))


def test_members_are_sorted_by_utf16_code_units() -> None:
    """RFC 8785 §3.2.3 gives this example; sorting by code points would put the emoji last."""
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\u00f6"]
    sorted_names = ["\r", "1", "\x80", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(canonical_bytes(dict.fromkeys(names, 0)))) == sorted_names


def test_text_is_escaped_only_where_it_must_be() -> None:
    """RFC 8785 §3.2.2.2."""
    text = '\u20ac$\x0f\nA\'B"\\\\"/\x7f\u2028'
    assert canonical_bytes(text) == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f\u2028"'.encode()


def test_literals_and_integers_are_spelt_as_ecmascript_does() -> None:
    content = {"n": None, "t": True, "f": False, "i": -17, "z": 0, "l": [2**53 - 1, []]}
    assert canonical_bytes(content) == b'{"f":false,"i":-17,"l":[9007199254740991,[]],"n":null,"t":true,"z":0}'


def test_a_tuple_is_an_array_and_a_text_enumeration_its_text() -> None:
    class Colour(enum.StrEnum):
        RED = "red"

    assert canonical_bytes({"a": (Colour.RED, 1)}) == b'{"a":["red",1]}'


@pytest.mark.parametrize("content", [1.0, {"a": [0.5]}, float("nan"), {1: "a"}, {None: 1}, {"a": b"bytes"}, {"a": {1}}])
def test_what_has_no_single_spelling_here_is_refused(content: object) -> None:
    with pytest.raises(TypeError):
        canonical_bytes(content)


@pytest.mark.parametrize("number", [2**53, -(2**53), 10**30])
def test_an_integer_that_readers_would_round_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="beyond"):
        canonical_bytes([number])


@pytest.mark.parametrize("content", ["\ud800", {"\udfff": 1}])
def test_half_a_surrogate_pair_is_refused(content: object) -> None:
    with pytest.raises(ValueError, match="surrogates"):
        canonical_bytes(content)


def test_a_digest_names_its_algorithm_and_the_bytes() -> None:
    assert digest({}) == "sha256:" + hashlib.sha256(b"{}").hexdigest()


def test_a_document_keeps_its_digest_through_storage(photo_share: Document) -> None:
    stored = canonical_bytes(as_json(photo_share))
    assert parse(stored) == photo_share
    assert digest(as_json(parse(stored))) == digest(as_json(photo_share))


def test_writing_a_default_out_changes_no_digest(bend: Callable[..., bytes]) -> None:
    plain, written = parse(bend({"permissions.optional": ...})), parse(bend({"permissions.optional": []}))
    assert digest(as_json(plain)) == digest(as_json(written))
