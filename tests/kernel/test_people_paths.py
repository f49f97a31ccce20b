"""Names and paths that people give: cleaned once, or refused in words."""

import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kernel.paths import (
    MAX_DEPTH,
    MAX_SEGMENT_CHARACTERS,
    UnusablePathError,
    clean_name,
    clean_path,
    is_within,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
AWKWARD = st.text(st.sampled_from("aé/\\. \u0301\u0338\u200d\u202e\u2028\u2126\x00\ud800\n~%2e"), max_size=24)
SEGMENTS = st.lists(st.sampled_from(["a", "b", "ab", "photos", "photosX", "2026"]), max_size=4)


def cleaned(path: str) -> str:
    """The cleaned path; an unusable one is not what the property is about."""
    try:
        return clean_path(path)
    except UnusablePathError:
        assume(False)
        raise


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("holiday.jpg", "holiday.jpg"),
        ("  holiday.jpg ", "holiday.jpg"),
        ("Cafe\u0301.jpg", "Caf\u00e9.jpg"),
        ("\u2126.txt", "\u03a9.txt"),
        ("写真 📷.png", "写真 📷.png"),
        (
            "family \U0001f468\u200d\U0001f469\u200d\U0001f467.png",
            "family \U0001f468\u200d\U0001f469\u200d\U0001f467.png",
        ),
        ("می\u200cخواهم.txt", "می\u200cخواهم.txt"),
        ("shaking \U0001fae8.png", "shaking \U0001fae8.png"),
        ("%2e%2e", "%2e%2e"),
        ("<b>=1+1.csv", "<b>=1+1.csv"),
        ("...", "..."),
        (".hidden", ".hidden"),
        ("x" * MAX_SEGMENT_CHARACTERS, "x" * MAX_SEGMENT_CHARACTERS),
    ],
)
def test_a_usable_name_is_kept_as_data(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="nothing"),
        pytest.param("   ", id="spaces"),
        pytest.param("\u200d\u200c", id="joiners alone"),
        pytest.param(".", id="here"),
        pytest.param("..", id="up"),
        pytest.param(" .. ", id="up between spaces"),
        pytest.param("a/b", id="slash"),
        pytest.param("a\\b", id="backslash"),
        pytest.param("a\x00b", id="NUL"),
        pytest.param("a\nb", id="newline"),
        pytest.param("a\x1b[31m", id="escape"),
        pytest.param("a\x7f", id="delete"),
        pytest.param("a\u2028b", id="line separator"),
        pytest.param("a\u2029b", id="paragraph separator"),
        pytest.param("gpj.\u202eexe", id="right-to-left override"),
        pytest.param("a\u2066b", id="isolate"),
        pytest.param("a\u200bb", id="zero-width space"),
        pytest.param("\ufeffa", id="byte order mark"),
        pytest.param("a\u00adb", id="soft hyphen"),
        pytest.param("a\ud800", id="half a surrogate pair"),
        pytest.param("a\ufffe", id="noncharacter"),
        pytest.param("a\ufdd0", id="noncharacter in the Arabic block"),
        pytest.param("a\U0010ffff", id="last noncharacter"),
        pytest.param("a\ue000", id="private use"),
        pytest.param("x" * (MAX_SEGMENT_CHARACTERS + 1), id="too long"),
        pytest.param("x" * 1_000, id="a thousand characters"),
    ],
)
def test_a_deceiving_name_is_refused_in_words(name: str) -> None:
    with pytest.raises(UnusablePathError, match=r"^A name .*\.$"):
        clean_name(name)


def test_a_name_that_is_too_long_is_told_its_length() -> None:
    with pytest.raises(UnusablePathError, match="at most 255 characters; this one has 300"):
        clean_name("x" * 300)


@pytest.mark.parametrize(
    ("given_path", "kept"),
    [
        ("", ""),
        ("/", ""),
        ("a", "a"),
        ("/a/b/", "a/b"),
        (" a / b ", "a/b"),
        ("2026/Cafe\u0301", "2026/Caf\u00e9"),
        ("%2e%2e/a", "%2e%2e/a"),
        ("/".join("a" * MAX_DEPTH), "/".join("a" * MAX_DEPTH)),
    ],
)
def test_a_usable_path_has_one_spelling(given_path: str, kept: str) -> None:
    assert clean_path(given_path) == kept


@pytest.mark.parametrize(
    "path",
    [
        "//",
        "///",
        "a//b",
        "//a",
        "a//",
        "../a",
        "a/../b",
        "a/./b",
        "a/..",
        "a\\..\\b",
        "a/ /b",
        "a/\x00",
        "/..",
    ],
)
def test_a_path_that_could_lead_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(UnusablePathError):
        clean_path(path)


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 1_000])
def test_a_path_that_is_too_deep_is_told_its_depth(depth: int) -> None:
    with pytest.raises(UnusablePathError, match=f"at most {MAX_DEPTH} levels deep; this path has {depth}"):
        clean_path("/".join("a" * depth))


@given(ANY_TEXT | AWKWARD)
@example("a/\u0338")
@example(" \u0301/ a")
def test_cleaning_twice_changes_nothing(path: str) -> None:
    once = cleaned(path)
    assert clean_path(once) == once


@given(ANY_TEXT | AWKWARD)
def test_a_cleaned_path_holds_nothing_that_traverses(path: str) -> None:
    once = cleaned(path)
    segments = once.split("/") if once else []
    assert len(segments) <= MAX_DEPTH
    assert not {"", ".", ".."} & set(segments)
    assert not set("\\\x00\n\r\u2028\u202e\ufeff") & set(once)
    assert once == unicodedata.normalize("NFC", once)
    once.encode()


@given(ANY_TEXT | AWKWARD)
def test_both_normal_forms_of_a_path_clean_to_the_same(path: str) -> None:
    once = cleaned(path)
    assert clean_path(unicodedata.normalize("NFD", once)) == once


@given(ANY_TEXT | AWKWARD)
def test_a_refusal_is_always_a_sentence(path: str) -> None:
    try:
        clean_path(path)
    except UnusablePathError as refusal:
        assert str(refusal).endswith(".")
        assert path not in str(refusal) or len(path) < 3


@given(SEGMENTS, SEGMENTS)
def test_a_path_is_within_a_prefix_exactly_by_whole_segments(path: list[str], prefix: list[str]) -> None:
    reference = path[: len(prefix)] == prefix
    assert is_within("/".join(path), "/".join(prefix)) is reference


@given(SEGMENTS, SEGMENTS, SEGMENTS)
def test_being_within_is_a_partial_order(one: list[str], two: list[str], three: list[str]) -> None:
    a, b, c = ("/".join(segments) for segments in (one, two, three))
    assert is_within(a, a)
    if is_within(a, b) and is_within(b, c):
        assert is_within(a, c)
    if is_within(a, b) and is_within(b, a):
        assert a == b


@pytest.mark.parametrize("path", ["photosX", "photosX/a", "photo", "other/photos", "Photos", "photos2"])
def test_a_neighbour_is_not_within(path: str) -> None:
    assert not is_within(path, "photos")
