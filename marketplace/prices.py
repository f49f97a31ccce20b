"""The price books that estimates are made by: what the platform's owner wrote, else what came with Gatehouse."""

from collections.abc import Mapping

from marketplace.price_models import RegionPrices
from policy.costs import PriceBook, Prices, shipped_book


def price_books() -> Mapping[str, PriceBook]:
    """One book for each region, since each region's figures may have a date and a source of their own."""
    shipped = shipped_book()
    return dict.fromkeys(shipped.regions, shipped) | {row.region: _book(row) for row in RegionPrices.objects.all()}


def price_book(region: str) -> PriceBook:
    """The book of one region. Raises KeyError for a region without prices."""
    return price_books()[region]


def _book(row: RegionPrices) -> PriceBook:
    prices = Prices(row.storage_gb_month, row.per_1000_writes, row.per_1000_reads, row.egress_gb)
    return PriceBook(f"{row.as_of:%Y-%m}", row.basis, shipped_book().currency, {row.region: prices})
