"""What the page of one version shows: its facts, its price in each region, its audit, what changed, its sisters."""

from collections.abc import Sequence
from dataclasses import dataclass

from kernel.language import said
from kernel.regions import place_of
from marketplace.cards import Card, template_cards
from marketplace.categories import categories_of
from marketplace.differences import Difference, differences
from marketplace.models import TemplateVersion
from marketplace.prices import price_books
from marketplace.readiness import missing
from marketplace.safety_facts import SafetyFacts, safety_facts
from marketplace.vetting import Vetting, distrust_of, vetting_of
from policy.abilities import here
from policy.costs import estimate, in_currency
from policy.document import Document

_MOST_ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class RegionCost:
    """What an app costs a month in one region, in euros."""

    place: str
    typical: str
    full: str


@dataclass(frozen=True, slots=True)
class VersionPage:
    """One version as people decide about it."""

    document: Document
    facts: SafetyFacts
    costs: tuple[RegionCost, ...]
    vetting: Vetting
    previous: TemplateVersion | None
    changes: tuple[Difference, ...]
    lacking: tuple[str, ...]


def version_page(version: TemplateVersion, sisters: Sequence[TemplateVersion]) -> VersionPage:
    """The page of a version that can be trusted; `sisters` are all versions of its template, newest first."""
    document = version.document
    previous = _previous(version, sisters)
    return VersionPage(
        document=document,
        facts=safety_facts(version),
        costs=region_costs(document),
        vetting=vetting_of(version),
        previous=previous,
        changes=differences(previous.document, document) if previous else (),
        lacking=missing(document, here()),
    )


def region_costs(document: Document) -> tuple[RegionCost, ...]:
    """Each region of the document with its typical and its fullest month."""
    books = price_books()
    found = ((code, estimate(document, code, books[code])) for code in document.regions)
    return tuple(
        RegionCost(said(place_of(code)), in_currency(cost.typical_cents), in_currency(cost.maximum_cents))
        for code, cost in found
    )


def alternatives(content: Document | None, slug: str) -> list[Card]:
    """Templates that stand on the same shelves; any where nothing is known of this one."""
    others = [card for card in template_cards() if card.slug != slug and not card.lacking]
    shelves = categories_of(content) if content else frozenset()
    nearest = sorted(others, key=lambda card: -len(card.categories & shelves))
    return nearest[:_MOST_ALTERNATIVES]


def _previous(version: TemplateVersion, sisters: Sequence[TemplateVersion]) -> TemplateVersion | None:
    """The newest that was published before and can be trusted."""
    older = (one for one in sisters if one.published_at < version.published_at)
    return next((one for one in older if not distrust_of(one)), None)
