"""Only JSON with one meaning is read, in bounded size and depth."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.strict_json import MAX_DEPTH, NotStrictJSONError, load

ROOM = 10_000
TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
LEAVES = st.none() | st.booleans() | st.integers() | TEXT
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4))


def depth_of(content: object) -> int:
    """How many levels the content has; a bare value is one."""
    if isinstance(content, dict):
        return 1 + max(map(depth_of, [*content.values(), ""]))
    return 1 + max(map(depth_of, content), default=0) if isinstance(content, list) else 1


@given(JSON)
def test_ordinary_json_reads_as_the_library_reads_it(content: object) -> None:
    raw = json.dumps(content).encode()
    if depth_of(content) <= MAX_DEPTH:
        assert load(raw, len(raw)) == content


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_never_more(raw: bytes) -> None:
    try:
        load(raw, ROOM)
    except NotStrictJSONError as refusal:
        assert str(refusal).endswith(".")


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="unfinished"),
        pytest.param(b"{'a': 1}", id="another language"),
        pytest.param(b"[1,]", id="closing comma"),
        pytest.param(b"\xef\xbb\xbf{}", id="byte order mark"),
        pytest.param('{"a": 1}'.encode("utf-16"), id="UTF-16"),
        pytest.param('{"é": 1}'.encode("latin-1"), id="Latin-1"),
        pytest.param(b'"\xed\xa0\x80"', id="half a surrogate pair in bytes"),
        pytest.param(b"&a [*a, *a]", id="YAML with aliases"),
        pytest.param(b"9" * 5_000, id="a number of 5,000 digits"),
    ],
)
def test_what_is_no_json_is_refused(raw: bytes) -> None:
    with pytest.raises(NotStrictJSONError, match=r"^is not JSON in UTF-8\.$"):
        load(raw, ROOM)


@pytest.mark.parametrize("number", ["1.0", "15e6", "1e400", "-0.5", "NaN", "Infinity", "-Infinity"])
def test_a_number_that_is_not_whole_is_refused_by_name(number: str) -> None:
    with pytest.raises(NotStrictJSONError, match=f"has the number {number};"):
        load(f'{{"a": [{number}]}}'.encode(), ROOM)


@pytest.mark.parametrize(
    "text",
    ['{"a": 1, "a": 2}', '{"b": {"a": 1, "a": 1}}', '[{"a": 1, "\\u0061": 2}]', '{"a": {}, "b": 1, "a": {}}'],
)
def test_a_field_that_stands_twice_is_refused_by_name(text: str) -> None:
    with pytest.raises(NotStrictJSONError, match="has the field 'a' twice"):
        load(text.encode(), ROOM)


@pytest.mark.parametrize("text", ['"\\ud800"', '{"a": ["\\udfff"]}', '{"\\ud800": 1}', '"\\udc00\\ud800"'])
def test_half_a_surrogate_pair_is_refused(text: str) -> None:
    with pytest.raises(NotStrictJSONError, match="not Unicode"):
        load(text.encode(), ROOM)


def test_an_escaped_whole_surrogate_pair_is_a_character() -> None:
    assert load(b'"\\ud83d\\ude00"', ROOM) == "\U0001f600"


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_the_deepest_document_is_read_and_one_deeper_is_not(opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    levels = MAX_DEPTH - 1
    load((opening * levels + "1" + closing * levels).encode(), ROOM)
    with pytest.raises(NotStrictJSONError, match="levels deep"):
        load((opening * (levels + 1) + "1" + closing * (levels + 1)).encode(), ROOM)


@pytest.mark.parametrize("depth", [500, 5_000, 100_000])
def test_a_bottomless_document_is_refused_without_exhausting_the_stack(depth: int) -> None:
    with pytest.raises(NotStrictJSONError):
        load(b"[" * depth + b"]" * depth, 1_000_000)


def test_a_document_that_is_too_long_is_refused_before_it_is_read() -> None:
    assert load(b'"aaaaaaa"', 9) == "aaaaaaa"
    with pytest.raises(NotStrictJSONError, match="more than 9 bytes"):
        load(b"not even JSON", 9)
