"""Finding a template: one GET form, whose address can be sent to somebody."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms

from kernel.regions import REGIONS
from marketplace.cards import Card
from marketplace.categories import Category
from marketplace.differences import AUDIENCES
from policy.actions import Action

_ANY = ("", "Any")
_COSTS = (("100", "Up to €1 a month"), ("500", "Up to €5 a month"), ("2000", "Up to €20 a month"))


class CatalogueForm(forms.Form):
    """Everything may stay empty; what nobody offers is passed over, so an old address still shows templates."""

    q = forms.CharField(label="Search", required=False, max_length=100)
    kind = forms.ChoiceField(label="For", required=False, choices=[_ANY, *((one, one.words) for one in Category)])
    may = forms.ChoiceField(label="May", required=False, choices=[_ANY, *((one, one.words) for one in Action)])
    where = forms.ChoiceField(
        label="Where", required=False, choices=[_ANY, *((code, region.place) for code, region in REGIONS.items())]
    )
    cost = forms.ChoiceField(label="Typical cost", required=False, choices=[_ANY, *_COSTS])
    who = forms.ChoiceField(label="Who uploads", required=False, choices=[_ANY, *AUDIENCES.items()])

    @property
    def wanted(self) -> Mapping[str, str]:
        """What was asked for, without what is empty or unknown."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def matching(self, cards: Iterable[Card]) -> list[Card]:
        """The cards that fit everything that was asked for."""
        wanted = self.wanted
        return [card for card in cards if all(_FITS[name](card, value) for name, value in wanted.items())]


def _has_words(card: Card, text: str) -> bool:
    """Every word somewhere in its name, summary or what it takes."""
    said = f"{card.name} {card.summary} {card.type_words} {card.document.classification.kind}".casefold()
    return all(word in said for word in text.casefold().split())


_FITS: Mapping[str, Callable[[Card, Any], bool]] = {
    "q": _has_words,
    "kind": lambda card, kind: kind in card.categories,
    "may": lambda card, action: action in card.document.permissions.possible,
    "where": lambda card, region: region in card.document.regions,
    "cost": lambda card, cents: card.typical_cents <= int(cents),
    "who": lambda card, audience: card.document.audience == audience,
}
