"""Sizes as people read them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.sizes import GB, KB, MB, apart_in_words, in_words

SIZES = st.integers(min_value=0, max_value=10**15)
WORDS = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})*)(?:\.([1-9]))? (byte|bytes|kB|MB|GB)")
WORTH = {"byte": 1, "bytes": 1, "kB": KB, "MB": MB, "GB": GB}


def read_back(words: str) -> float:
    """The number of bytes that the words say."""
    match = WORDS.fullmatch(words)
    assert match, words
    return (int(match[1].replace(",", "")) + int(match[2] or 0) / 10) * WORTH[match[3]]


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (2, "2 bytes"),
        (812, "812 bytes"),
        (999, "999 bytes"),
        (1_000, "1 kB"),
        (1_049, "1 kB"),
        (1_050, "1.1 kB"),
        (950_000, "950 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1 MB"),
        (15 * MB, "15 MB"),
        (212_400_000, "212.4 MB"),
        (950 * MB, "950 MB"),
        (999_949_999, "999.9 MB"),
        (999_950_000, "1 GB"),
        (1_500 * MB, "1.5 GB"),
        (5 * GB, "5 GB"),
        (1_500 * GB, "1,500 GB"),
        (1_234_500 * MB, "1,234.5 GB"),
    ],
)
def test_a_size_reads_as_a_person_would_say_it(size: int, words: str) -> None:
    assert in_words(size) == words


@given(SIZES)
def test_the_words_are_never_off_by_more_than_half_a_tenth(size: int) -> None:
    words = in_words(size)
    unit = WORTH[words.rsplit(" ", 1)[1]]
    assert abs(read_back(words) - size) <= unit / 20 + unit * 1e-9


@given(SIZES)
def test_no_size_reads_as_a_thousand_of_a_unit_that_has_a_larger_one(size: int) -> None:
    words = in_words(size)
    if not words.endswith("GB"):
        assert read_back(words) / WORTH[words.rsplit(" ", 1)[1]] < 1_000


@given(SIZES, SIZES)
def test_a_larger_size_never_reads_as_a_smaller_one(one: int, other: int) -> None:
    smaller, larger = sorted((one, other))
    assert read_back(in_words(smaller)) <= read_back(in_words(larger))


def test_a_size_just_above_its_limit_is_told_to_the_byte() -> None:
    assert apart_in_words(15_000_001, 15_000_000) == ("15,000,001 bytes", "15,000,000 bytes")


def test_a_size_far_above_its_limit_is_told_in_round_words() -> None:
    assert apart_in_words(212_000_000, 15_000_000) == ("212 MB", "15 MB")


@given(SIZES, SIZES)
def test_two_sizes_that_differ_never_read_the_same(one: int, other: int) -> None:
    words = apart_in_words(one, other)
    assert (words[0] == words[1]) == (one == other)
