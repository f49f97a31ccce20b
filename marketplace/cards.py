"""A template in a few words, as the catalogue shows it."""

from collections.abc import Mapping
from dataclasses import dataclass

from kernel.language import said
from kernel.regions import place_of
from kernel.sizes import in_words
from marketplace.categories import Category, categories_of
from marketplace.consent_words import kept_words
from marketplace.models import TemplateVersion
from marketplace.prices import price_books
from marketplace.publishing import current_versions
from marketplace.readiness import missing
from marketplace.safety_facts import cost_words
from policy.abilities import here
from policy.costs import Estimate, PriceBook, estimate
from policy.document import Document


@dataclass(frozen=True, slots=True)
class Card:
    """One template of the catalogue. `typical_cents` is a month in its first region."""

    document: Document
    typical_cents: int
    cost_words: str
    lacking: tuple[str, ...]

    @property
    def slug(self) -> str:
        """Its address."""
        return self.document.slug

    @property
    def name(self) -> str:
        """What it is called."""
        return said(self.document.name)

    @property
    def summary(self) -> str:
        """What it is for."""
        return said(self.document.summary)

    @property
    def version(self) -> str:
        """The version that new apps are made from."""
        return self.document.version

    @property
    def type_words(self) -> str:
        """What it takes."""
        return said(self.document.uploads.type_words)

    @property
    def max_words(self) -> str:
        """The largest file."""
        return in_words(self.document.uploads.max_bytes)

    @property
    def place_words(self) -> str:
        """Where files may live."""
        return " · ".join(said(place_of(code)) for code in self.document.regions)

    @property
    def kept_words(self) -> str:
        """How long files stay."""
        return kept_words(self.document.lifecycle)

    @property
    def categories(self) -> frozenset[Category]:
        """The shelves that it stands on."""
        return categories_of(self.document)


def template_cards() -> list[Card]:
    """Each template of the catalogue, in the order of their names."""
    books = price_books()
    return [_card(version, books) for version in current_versions()]


def _card(version: TemplateVersion, books: Mapping[str, PriceBook]) -> Card:
    document = version.document
    region = document.regions[0]
    cost: Estimate = estimate(document, region, books[region])
    return Card(document, cost.typical_cents, cost_words(cost), missing(document, here()))
