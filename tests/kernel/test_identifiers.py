"""Identifiers: sorted by time, canonical in text, publishable where they may be seen."""

import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import clock
from kernel.identifiers import PUBLISHABLE_ID, new_id, new_publishable_id, parse_id, time_of
from kernel.regions import REGIONS, place_of


def test_a_new_identifier_is_an_ordinary_uuid_of_version_seven() -> None:
    identifier = new_id()
    assert type(identifier) is uuid.UUID
    assert identifier.version == 7


def test_identifiers_are_unique_and_sort_by_the_time_they_were_made() -> None:
    made = [new_id() for _ in range(1_000)]
    assert len(set(made)) == len(made)
    assert [time_of(one) for one in made] == sorted(time_of(one) for one in made)


def test_an_identifier_tells_when_it_was_made() -> None:
    before = clock.now()
    made = time_of(new_id())
    assert before - dt.timedelta(milliseconds=2) <= made <= clock.now() + dt.timedelta(milliseconds=2)
    assert made.tzinfo is dt.UTC


@given(st.integers(0, 2**47))
def test_the_first_48_bits_are_milliseconds(milliseconds: int) -> None:
    made = uuid.UUID(int=(milliseconds << 80) | (7 << 76) | (2 << 62))
    try:
        expected = dt.datetime.fromtimestamp(milliseconds / 1000, tz=dt.UTC)
    except (ValueError, OverflowError):
        return
    assert time_of(made) == expected


@given(st.uuids())
def test_the_canonical_spelling_reads_back(identifier: uuid.UUID) -> None:
    assert parse_id(str(identifier)) == identifier


@given(st.uuids())
def test_a_second_spelling_is_no_identifier(identifier: uuid.UUID) -> None:
    text = str(identifier)
    others = {
        text.replace("-", ""),
        f"{{{text}}}",
        f"urn:uuid:{text}",
        f" {text}",
        f"{text}\n",
        text.upper(),
    } - {text}
    assert not [other for other in others if parse_id(other)]


@pytest.mark.parametrize("text", ["", "0", "not-a-uuid", "０" * 36, "-" * 36])
def test_other_text_is_no_identifier(text: str) -> None:
    assert parse_id(text) is None


@pytest.mark.parametrize("value", [None, 7, b"bytes", ["list"]])
def test_what_is_no_text_is_no_identifier(value: object) -> None:
    assert parse_id(value) is None  # type: ignore[arg-type]  # a request's JSON may hold anything


def test_publishable_ids_match_their_own_pattern_and_differ() -> None:
    made = {new_publishable_id() for _ in range(500)}
    assert len(made) == 500
    assert all(PUBLISHABLE_ID.fullmatch(one) for one in made)


def test_publishable_ids_avoid_letters_that_read_as_digits() -> None:
    letters = set("".join(new_publishable_id().removeprefix("app_") for _ in range(500)))
    assert not letters & set("ilou")


def test_the_time_is_told_in_utc_and_agrees_with_itself() -> None:
    assert clock.now().tzinfo is dt.UTC
    assert abs(clock.now().timestamp() - clock.unix_seconds()) < 5


def test_every_region_has_a_place_for_people_and_stands_under_its_code() -> None:
    assert all(region.code == code and ", " in region.place for code, region in REGIONS.items())
    assert place_of("eu-central-1") == "Frankfurt, Germany"


def test_an_unlisted_region_stands_for_itself() -> None:
    assert place_of("mars-north-1") == "mars-north-1"
