"""Times read as people say them, in both languages, and never say another day than the one that is meant."""

import pytest
from django.utils.translation import override

from storage.durations import days_in_words, duration, exact_in_words, kept_in_words


@pytest.mark.parametrize(
    ("days", "english", "german"),
    [
        (0, "0 days", "0 Tage"), (1, "1 day", "1 Tag"), (30, "30 days", "30 Tage"), (364, "364 days", "364 Tage"),
        (365, "1 year", "1 Jahr"), (366, "1 year", "1 Jahr"), (367, "367 days", "367 Tage"),
        (730, "2 years", "2 Jahre"), (731, "2 years", "2 Jahre"), (732, "732 days", "732 Tage"),
        (3650, "10 years", "10 Jahre"), (3652, "10 years", "10 Jahre"), (3653, "10 years", "10 Jahre"),
        (3651, "3,651 days", "3.651 Tage"), (3660, "3,660 days", "3.660 Tage"),
    ],
)  # fmt: skip
def test_days_become_years_where_they_are_years(days: int, english: str, german: str) -> None:
    assert days_in_words(days) == english
    with override("de"):
        assert days_in_words(days) == german


def test_no_number_of_years_is_said_of_two_ages_that_are_further_apart_than_leap_days() -> None:
    said: dict[str, list[int]] = {}
    for days in range(1, 36_525):
        said.setdefault(days_in_words(days), []).append(days)
    assert all(max(days) - min(days) <= 25 for days in said.values())
    assert len(said["1 year"]) == 2


def test_who_types_days_reads_them() -> None:
    assert exact_in_words(90) == "90 days"
    assert exact_in_words(3653) == "3,653 days (10 years)"
    with override("de"):
        assert exact_in_words(365) == "365 Tage (1 Jahr)"


def test_how_long_a_file_is_kept_ends_a_sentence() -> None:
    assert [kept_in_words(days) for days in (1, 90, 3653)] == ["for 1 day", "for 90 days", "for 10 years"]
    assert kept_in_words(None) == "as long as the app exists"
    with override("de"):
        assert kept_in_words(3653) == "10 Jahre lang"
        assert kept_in_words(None) == "solange es die App gibt"


def test_seconds_become_minutes_where_they_are_whole() -> None:
    assert [duration(seconds) for seconds in (1, 60, 90, 300)] == ["1 second", "1 minute", "90 seconds", "5 minutes"]
