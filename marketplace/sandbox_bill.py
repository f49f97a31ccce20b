"""The simulated bill: what the sandbox's apps would cost after so many months of their templates' typical use.

The price book and the arithmetic are those of the estimate on the Safety facts; the months are fast-forwarded.
"""

from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from kernel.sizes import GB, in_words
from marketplace.installations import policy_of
from policy.costs import Prices, in_currency, shipped_book, typical_months
from policy.document import Document
from tenancy.models import MicroApp

LONGEST_MONTHS = 12
_WRITES_A_FILE, _READS_A_FILE = 3, 2


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of cost of one app in one month, unrounded, in the book's currency."""

    what: str
    amount_words: str
    cost: Decimal

    @property
    def cost_words(self) -> str:
        """Rounded up to a cent."""
        return in_currency(_cents(self.cost))


@dataclass(frozen=True, slots=True)
class AppBill:
    """One app's part of the bill."""

    name: str
    lines: tuple[Line, ...]

    @property
    def cents(self) -> int:
        """The app's month, rounded up once."""
        return _cents(sum((line.cost for line in self.lines), Decimal(0)))

    @property
    def words(self) -> str:
        """The app's month as money."""
        return in_currency(self.cents)


@dataclass(frozen=True, slots=True)
class Bill:
    """One month's bill of a workspace."""

    month: int
    apps: tuple[AppBill, ...]

    @property
    def total_words(self) -> str:
        """All of it."""
        return in_currency(sum(app.cents for app in self.apps))


def bill(apps: list[MicroApp], month: int) -> Bill:
    """The bill of the given month, 1 being the first. Must run in the tenant's scope."""
    return Bill(month, tuple(_app_bill(app, month) for app in apps))


def _app_bill(app: MicroApp, month: int) -> AppBill:
    policy = policy_of(app)
    return AppBill(app.name, lines_of(policy.document, shipped_book().regions[policy.region], month))


def lines_of(document: Document, prices: Prices, month: int) -> tuple[Line, ...]:
    """What a typical month costs once the app is so many months old: files pile up until they go or the app is full."""
    costs, files = document.costs, document.costs.files_per_month
    stored, opened = _stored(document, month), files * costs.downloads_per_file
    sent = opened * costs.bytes_per_file
    writes, reads = files * _WRITES_A_FILE, files * _READS_A_FILE + opened
    return (
        Line("Space", in_words(stored), stored * prices.storage_gb_month / GB),
        Line("Files that came in", f"{files:,}", writes * prices.per_1000_writes / 1000),
        Line("Files that were opened", f"{opened:,}", reads * prices.per_1000_reads / 1000),
        Line("Sent to people", in_words(sent), sent * prices.egress_gb / GB),
    )


def _stored(document: Document, month: int) -> int:
    kept = min(Decimal(month), typical_months(document))
    flowing = int(document.costs.files_per_month * document.costs.bytes_per_file * kept)
    return min(flowing, document.quota.app_bytes)


def _cents(amount: Decimal) -> int:
    return int((amount * 100).quantize(Decimal(1), ROUND_UP))
