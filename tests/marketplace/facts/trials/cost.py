"""Cost: the figures follow from what else the card says and the region's prices, and no app grows beyond them."""

import re
from decimal import ROUND_UP, Decimal

from kernel.regions import REGIONS
from marketplace.prices import price_book
from policy.costs import Prices
from tests.marketplace.facts import quantities
from tests.marketplace.facts.registry import trial
from tests.marketplace.facts.trials.limits import the_space_is_all_there_is
from tests.marketplace.facts.world import World

_OPENED = {"never": 0, "once": 1, "twice": 2}
_TYPICAL = (
    r"Typical: (?P<files>[\d,]+) files of (?P<size>\S+ \S+) a month, each opened (?P<opened>.+); "
    r"about (?P<stored>\S+ \S+) stored at a time\."
)
_FULL = (
    r"When full: (?P<space>\S+ \S+) in (?P<files>[\d,]+) files, each opened (?P<opened>.+)\. "
    r"The app takes no more than that\."
)
_WRITES, _READS = 3, 2
"""To quarantine, to its place, a thumbnail; once to verify, once to scan."""


def _region(world: World) -> str:
    place = next(sentence.words for sentence in world.card if sentence.row == "Where")
    return next(code for code, region in REGIONS.items() if region.place == place)


def _month(prices: Prices, files: int, opened: int, stored: int, size: Decimal) -> Decimal:
    """A month in euros, from the provider's point of view: requests by the thousand, space and traffic by the GB."""
    requests = files * _WRITES * prices.per_1000_writes + files * (_READS + opened) * prices.per_1000_reads
    space = stored * prices.storage_gb_month + files * opened * size * prices.egress_gb
    return (requests / 1000 + space / 10**9).quantize(Decimal("0.01"), ROUND_UP)


def _times(words: str) -> int:
    return _OPENED[words] if words in _OPENED else int(re.sub(r"\D", "", words))


@trial("Cost", r"about €(?P<typical>[\d,.]+) a month, €(?P<most>[\d,.]+) when full")
def the_figures_follow_from_the_card(world: World, typical: str, most: str) -> None:
    code = _region(world)
    prices, usual, full = price_book(code).regions[code], world.says(_TYPICAL), world.says(_FULL)
    files, size = quantities.number(usual["files"]), quantities.size(usual["size"])
    stored = files * size * _months_kept(world)
    space, most_files = quantities.size(full["space"]), quantities.number(full["files"])
    month = _month(prices, files, _times(usual["opened"]), min(int(stored), space), Decimal(size))
    fullest = _month(prices, most_files, _times(full["opened"]), space, Decimal(space) / most_files)
    assert (Decimal(typical.replace(",", "")), Decimal(most.replace(",", ""))) == (month, fullest)


@trial("Cost", _TYPICAL)
def so_much_is_stored_at_a_time(world: World, files: str, size: str, opened: str, stored: str) -> None:
    flowing = quantities.number(files) * quantities.size(size) * _months_kept(world)
    space = quantities.size(world.says(_FULL)["space"])
    assert quantities.reads_as(stored, min(int(flowing), space))
    assert _times(opened) >= 0


@trial("Cost", _FULL)
def the_app_takes_no_more(world: World, space: str, files: str, opened: str) -> None:
    assert opened == world.says(_TYPICAL)["opened"]
    the_space_is_all_there_is(world, space, files)


@trial("Cost", r"Prices of (?P<as_of>\d{4}-\d{2}): (?P<basis>.+)")
def the_prices_are_those_of_the_book(world: World, as_of: str, basis: str) -> None:
    book = price_book(_region(world))
    assert (as_of, basis) == (book.as_of, book.basis)


def _months_kept(world: World) -> Decimal:
    """How many months' files are there at a time; a year's where none goes by itself."""
    kept = next(sentence.words for sentence in world.card if sentence.row == "Kept")
    days = quantities.days(kept)
    return Decimal(12) if days is None else Decimal(days) / 30
