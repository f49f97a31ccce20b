"""What an app costs a month, estimated from its document: a typical month, and the month in which it is full.

Nobody knows before how many files get which label. Where labels have days of their own, the typical month counts every
file as the longest kept of those that the template labels by itself; the maximum is never less than the month in which
every file stays as long as any label can keep it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from functools import cache
from importlib import resources

from kernel.language import number, said
from kernel.sizes import GB, in_words
from policy.lifetimes import Rules, rules_of
from policy.longest_kept import length, longest, usual
from policy.shape import Document

_KEPT_MONTHS_WHEN_FOREVER = 12
_DAYS_A_MONTH = 30

# What one file costs in requests before anyone opens it: written to quarantine, copied to its place, a thumbnail
# beside it; read once to verify and once to scan.
_WRITES_A_FILE = 3
_READS_A_FILE = 2


@dataclass(frozen=True, slots=True)
class Prices:
    """One region's prices in the book's currency."""

    storage_gb_month: Decimal
    per_1000_writes: Decimal
    per_1000_reads: Decimal
    egress_gb: Decimal


@dataclass(frozen=True, slots=True)
class PriceBook:
    """What storage costs, where and as of when. `basis` says where the figures come from."""

    as_of: str
    basis: str
    currency: str
    regions: Mapping[str, Prices]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A month's cost in cents, typical and when the app is full, and how it came about."""

    typical_cents: int
    maximum_cents: int
    how: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Month:
    """What happens in one month. Sizes in bytes."""

    stored: int
    files: int
    downloads: int
    downloaded: int

    def cost(self, prices: Prices) -> Decimal:
        writes = self.files * _WRITES_A_FILE * prices.per_1000_writes
        reads = (self.files * _READS_A_FILE + self.downloads) * prices.per_1000_reads
        space = self.stored * prices.storage_gb_month + self.downloaded * prices.egress_gb
        return (writes + reads) / 1000 + space / GB


def estimate(document: Document, region: str, book: PriceBook | None = None) -> Estimate:
    """The estimate for an app of this template in this region. Raises KeyError for a region without prices.

    The maximum is the month in which the app goes from empty to full and every file is opened as often as assumed,
    since the quota bounds what is stored and not how often it is opened.
    """
    book = book or shipped_book()
    prices = book.regions[region]
    typical, by_label, full = _typical(document), _month(document, longest(document)), _full(document)
    typical_cents, *others = (_cents(month.cost(prices)) for month in (typical, by_label, full))
    return Estimate(typical_cents, max(typical_cents, *others), _how(document, book, prices))


@cache
def shipped_book() -> PriceBook:
    """The price book that comes with Gatehouse, in prices.json."""
    return read_book(resources.files("policy").joinpath("prices.json").read_text(encoding="utf-8"))


def read_book(text: str) -> PriceBook:
    """A price book from its JSON, with prices as text so that none is rounded. Raises ValueError, KeyError."""
    book = json.loads(text)
    regions = {code: _prices(figures) for code, figures in book["regions"].items()}
    return PriceBook(book["as_of"], book["basis"], book["currency"], regions)


def in_currency(cents: int) -> str:
    """`€1.20`."""
    return said("€{amount}").format(amount=number(cents // 100, f"{cents % 100:02d}"))


def _prices(figures: Mapping[str, str]) -> Prices:
    return Prices(**{name: Decimal(value) for name, value in figures.items()})


def typical_months(document: Document) -> Decimal:
    """How many months' files are there at a time in a typical month."""
    return _months(document, usual(document))


def _months(document: Document, rules: Rules) -> Decimal:
    """Where a template lets files stay for ever, a year's, or as many as must stay."""
    must, year = Decimal(rules.minimum_days) / _DAYS_A_MONTH, Decimal(_KEPT_MONTHS_WHEN_FOREVER)
    kept = year if rules.ends_after_days is None else Decimal(rules.ends_after_days) / _DAYS_A_MONTH
    return max(min(kept, year), must) if document.lifecycle.delete_after_days is None else kept


def _typical(document: Document) -> _Month:
    return _month(document, usual(document))


def _month(document: Document, rules: Rules) -> _Month:
    """A month once files come and go evenly by these rules, never beyond the quota."""
    costs = document.costs
    flowing = int(costs.files_per_month * costs.bytes_per_file * _months(document, rules))
    downloads = costs.files_per_month * costs.downloads_per_file
    stored = min(flowing, document.quota.app_bytes)
    return _Month(stored, costs.files_per_month, downloads, downloads * costs.bytes_per_file)


def _full(document: Document) -> _Month:
    """The month in which everything that fits comes in."""
    space, files, times = (
        document.quota.app_bytes,
        document.quota.app_objects,
        document.costs.downloads_per_file,
    )
    return _Month(space, files, files * times, space * times)


def _how(document: Document, book: PriceBook, prices: Prices) -> tuple[str, ...]:
    assumed, quota, typical = document.costs, document.quota, _typical(document)
    opened = _times(assumed.downloads_per_file)
    month = {"files": number(assumed.files_per_month), "size": in_words(assumed.bytes_per_file), "opened": opened}
    full = {"space": in_words(quota.app_bytes), "files": number(quota.app_objects), "opened": opened}
    return (
        said("Typical: {files} files of {size} a month, each opened {opened}; about {stored} stored at a time.").format(
            stored=in_words(typical.stored), **month
        ),
        *_how_by_label(document, prices),
        said("When full: {space} in {files} files, each opened {opened}. The app takes no more than that.").format(
            **full
        ),
        said("Prices of {as_of}: {basis}").format(as_of=book.as_of, basis=said(book.basis)),
    )


def _how_by_label(document: Document, prices: Prices) -> Iterator[str]:
    """What days of some labels make of it, where they make a difference."""
    its, most = usual(document), longest(document)
    month = _month(document, most)
    if length(its) != length(rules_of(document.lifecycle, document.retention.minimum_days)):
        words = said("Some labels have days of their own: every file is counted as kept {time}, the longest of these.")
        yield words.format(time=_time(its))
    if month.stored > _typical(document).stored:
        words = said("If every file had the label that stays longest, {time}: about {stored} stored, {amount} a month.")
        cost = in_currency(_cents(month.cost(prices)))
        yield words.format(time=_time(most), stored=in_words(month.stored), amount=cost)


def _time(rules: Rules) -> str:
    days = rules.ends_after_days
    if days is None:
        return said("as long as the app exists")
    return said("for a day") if days == 1 else said("for {days} days").format(days=number(days))


def _times(times: int) -> str:
    rare = {0: said("never"), 1: said("once"), 2: said("twice")}
    return rare.get(times) or said("{times} times").format(times=number(times))


def _cents(amount: Decimal) -> int:
    """Rounded up: an estimate that is wrong by a cent should not be wrong in our favour."""
    return int((amount * 100).quantize(Decimal(1), ROUND_UP))
