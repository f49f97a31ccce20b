"""What an app costs a month: exact, explained, and never understated by the quota."""

import json
import re
from collections.abc import Callable
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.regions import REGIONS
from kernel.sizes import GB
from policy.costs import PriceBook, Prices, estimate, in_currency, read_book, shipped_book
from policy.document import Document
from policy.longest_kept import length, longest, usual
from policy.shape import Classification, LabelRule, LabelTerms

ROUND = Prices(Decimal("0.10"), Decimal(1), Decimal("0.5"), Decimal("0.20"))
BOOK = PriceBook("2026-01", "Round figures.", "EUR", {"here": ROUND})
Changed = Callable[..., Document]


@pytest.fixture(scope="session")
def changed(photo_share: Document) -> Changed:
    """Photo Share with other assumptions: `changed(files_per_month=0, days=30, quota=10**9)`."""

    def change(*, days: int | None = 90, quota: int = 5 * GB, objects: int = 10_000, **costs: int) -> Document:
        return msgspec.structs.replace(
            photo_share,
            lifecycle=msgspec.structs.replace(photo_share.lifecycle, delete_after_days=days),
            quota=msgspec.structs.replace(photo_share.quota, app_bytes=quota, app_objects=objects),
            costs=msgspec.structs.replace(photo_share.costs, **costs),
        )

    return change


def test_an_estimate_can_be_followed_by_hand(changed: Changed) -> None:
    """3 months of 1,000 files of 1 MB: 3 GB at 0.10, 3,000 writes at 1, 4,000 reads at 0.5, 2 GB out at 0.20."""
    document = changed(files_per_month=1_000, bytes_per_file=1_000_000, downloads_per_file=2)
    assert estimate(document, "here", BOOK).typical_cents == 30 + 300 + 200 + 40


def test_the_full_month_can_be_followed_by_hand(changed: Changed) -> None:
    """5 GB at 0.10, 2,000 files with 6,000 writes at 1 and 8,000 reads at 0.5, 10 GB out at 0.20."""
    document = changed(objects=2_000, files_per_month=1, bytes_per_file=1_000_000, downloads_per_file=2)
    assert estimate(document, "here", BOOK).maximum_cents == 50 + 600 + 400 + 200


def test_a_cent_that_has_begun_is_counted(changed: Changed) -> None:
    document = changed(files_per_month=1, bytes_per_file=1, downloads_per_file=0)
    assert estimate(document, "here", BOOK).typical_cents == 1


def test_a_month_without_files_costs_nothing(changed: Changed) -> None:
    assert estimate(changed(files_per_month=0), "here", BOOK).typical_cents == 0


@given(
    files=st.integers(0, 100_000),
    size=st.integers(1, 15_000_000),
    downloads=st.integers(0, 50),
    days=st.none() | st.integers(1, 3_650),
    quota=st.integers(15_000_000, 10**13),
)
def test_the_maximum_is_never_below_the_typical_month(
    changed: Changed, files: int, size: int, downloads: int, days: int | None, quota: int
) -> None:
    document = changed(days=days, quota=quota, files_per_month=files, bytes_per_file=size, downloads_per_file=downloads)
    found = estimate(document, "here", BOOK)
    assert 0 <= found.typical_cents <= found.maximum_cents


@given(st.integers(15_000_000, 10**13), st.integers(15_000_000, 10**13))
def test_a_larger_quota_never_costs_less_when_full(changed: Changed, one: int, other: int) -> None:
    smaller, larger = (estimate(changed(quota=quota), "here", BOOK) for quota in sorted((one, other)))
    assert smaller.maximum_cents <= larger.maximum_cents


@given(st.integers(1, 3_650), st.integers(1, 3_650))
def test_files_that_stay_longer_never_cost_less(changed: Changed, one: int, other: int) -> None:
    shorter, longer = (estimate(changed(days=days), "here", BOOK) for days in sorted((one, other)))
    assert shorter.typical_cents <= longer.typical_cents


def test_what_is_stored_never_exceeds_the_quota(changed: Changed) -> None:
    document = changed(days=None, quota=15_000_000, files_per_month=10_000, bytes_per_file=15_000_000)
    assert "about 15 MB stored at a time" in estimate(document, "here", BOOK).how[0]


@pytest.mark.parametrize(("times", "words"), [(0, "never"), (1, "once"), (2, "twice"), (1_000, "1,000 times")])
def test_how_often_a_file_is_opened_reads_naturally(changed: Changed, times: int, words: str) -> None:
    assert f"each opened {words};" in estimate(changed(downloads_per_file=times), "here", BOOK).how[0]


def test_the_explanation_names_assumptions_limit_and_prices(photo_share: Document) -> None:
    assert estimate(photo_share, "here", BOOK).how == (
        "Typical: 400 files of 3 MB a month, each opened twice; about 3.6 GB stored at a time.",
        "When full: 5 GB in 10,000 files, each opened twice. The app takes no more than that.",
        "Prices of 2026-01: Round figures.",
    )


IMAGES = LabelRule(("image/*",), "photo")
BY_KIND = Classification("internal", "paper", (IMAGES,))


def labelled(document: Document, *terms: LabelTerms, classification: Classification = BY_KIND) -> Document:
    """With other days for some labels. The template takes pictures alone, so each file is a photo by itself."""
    lifecycle = msgspec.structs.replace(document.lifecycle, labels=terms)
    return msgspec.structs.replace(document, lifecycle=lifecycle, classification=classification)


def test_what_a_label_keeps_longer_is_counted_longer_where_every_file_has_it(changed: Changed) -> None:
    """9 months of 1,000 files of 1 MB in place of 3: 9 GB would be stored, and the app takes 5."""
    document = changed(files_per_month=1_000, bytes_per_file=1_000_000, downloads_per_file=2)
    found = estimate(labelled(document, LabelTerms(kind="photo", minimum_days=270)), "here", BOOK)
    assert found.typical_cents == 50 + 300 + 200 + 40
    assert found.how[1] == (
        "Some labels have days of their own: every file is counted as kept for 270 days, the longest of these."
    )


def test_what_a_label_lets_go_sooner_is_counted_shorter_only_where_every_file_has_it(changed: Changed) -> None:
    document = changed(files_per_month=1_000, bytes_per_file=1_000_000, downloads_per_file=2)
    sooner = LabelTerms(kind="photo", delete_after_days=30)
    assert estimate(labelled(document, sooner), "here", BOOK).typical_cents == 10 + 300 + 200 + 40
    others = msgspec.structs.replace(document.uploads, types=("image/jpeg", "application/pdf"))
    mixed = msgspec.structs.replace(labelled(document, sooner), uploads=others)
    assert estimate(mixed, "here", BOOK) == estimate(changed(
        files_per_month=1_000, bytes_per_file=1_000_000, downloads_per_file=2), "here", BOOK)  # fmt: skip


def test_what_a_search_may_keep_longer_is_in_the_maximum_and_not_in_the_typical_month(changed: Changed) -> None:
    """A month in which few files come costs most once all that came in ten years is still there."""
    document = changed(objects=10, files_per_month=40, bytes_per_file=1_000_000, downloads_per_file=0)
    kept = labelled(document, LabelTerms(classification="regulated", minimum_days=3_600))
    before, after = estimate(document, "here", BOOK), estimate(kept, "here", BOOK)
    assert after.typical_cents == before.typical_cents == 2 + 12 + 4
    assert (before.maximum_cents, after.maximum_cents) == (50 + 3 + 1, 48 + 12 + 4)
    assert after.how[1] == (
        "If every file had the label that stays longest, for 3,600 days: about 4.8 GB stored, €0.64 a month."
    )


DAYS = st.none() | st.integers(1, 4_000)
TERMS = st.builds(
    lambda label, least, end: LabelTerms(**label, minimum_days=least, delete_after_days=end),
    st.sampled_from([{"classification": "regulated"}, {"classification": "internal"}, {"kind": "photo"}]),
    DAYS, DAYS,
)  # fmt: skip


@given(days=DAYS, terms=st.lists(TERMS, max_size=4), more=st.integers(1, 4_000))
def test_no_label_makes_files_stay_longer_for_less(
    changed: Changed, days: int | None, terms: list[LabelTerms], more: int
) -> None:
    """Whatever else a template says, a longer minimum for one of its labels never makes it look cheaper."""
    before = labelled(changed(days=days), *terms)
    after = labelled(changed(days=days), *terms, LabelTerms(classification="regulated", minimum_days=more))
    cheaper, dearer = estimate(before, "here", BOOK), estimate(after, "here", BOOK)
    assert cheaper.typical_cents <= dearer.typical_cents <= dearer.maximum_cents
    assert cheaper.maximum_cents <= dearer.maximum_cents
    assert length(usual(after)) <= length(longest(after))


def test_a_region_without_prices_is_not_guessed(photo_share: Document) -> None:
    with pytest.raises(KeyError, match="elsewhere"):
        estimate(photo_share, "elsewhere", BOOK)


def test_the_shipped_book_has_sensible_prices_for_every_region() -> None:
    book = shipped_book()
    assert set(book.regions) == set(REGIONS)
    assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", book.as_of)
    assert "list prices" in book.basis
    for prices in book.regions.values():
        assert Decimal("0.001") < prices.storage_gb_month < prices.egress_gb < 1
        assert 0 < prices.per_1000_reads < prices.per_1000_writes < 1


def test_the_shipped_book_counts_in_the_currency_of_the_shipped_templates(
    photo_share: Document, file_share: Document
) -> None:
    assert {shipped_book().currency} == {photo_share.costs.currency, file_share.costs.currency}


def test_a_shipped_template_costs_little_and_never_surprises(photo_share: Document, file_share: Document) -> None:
    for document in (photo_share, file_share):
        for region in document.regions:
            found = estimate(document, region)
            assert 1 <= found.typical_cents <= found.maximum_cents <= 2_000


def test_a_price_is_read_to_its_last_digit() -> None:
    figures = {"storage_gb_month": "0.0230001", "per_1000_writes": "1", "per_1000_reads": "1", "egress_gb": "0.1"}
    text = json.dumps({"as_of": "2026-01", "basis": "", "currency": "EUR", "regions": {"r": figures}})
    assert read_book(text).regions["r"].storage_gb_month == Decimal("0.0230001")


@pytest.mark.parametrize(
    ("cents", "words"), [(0, "€0.00"), (5, "€0.05"), (120, "€1.20"), (500, "€5.00"), (123_456_789, "€1,234,567.89")]
)
def test_money_reads_with_two_decimals(cents: int, words: str) -> None:
    assert in_currency(cents) == words
