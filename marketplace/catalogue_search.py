"""Finding a template: one GET form, whose address can be sent to somebody."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.language import said
from kernel.regions import REGIONS
from marketplace.cards import Card
from marketplace.categories import Category
from marketplace.differences import AUDIENCES
from policy.actions import Action

_ANY = ("", _("Any"))
_COSTS = (
    ("100", _("Up to €1 a month")),
    ("500", _("Up to €5 a month")),
    ("2000", _("Up to €20 a month")),
)


_AUDIENCES = [(name, _(words)) for name, words in AUDIENCES.items()]


class CatalogueForm(forms.Form):
    """Everything may stay empty; what nobody offers is passed over, so an old address still shows templates."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("For"), required=False, choices=[_ANY, *((one, _(one.words)) for one in Category)])
    may = forms.ChoiceField(label=_("May"), required=False, choices=[_ANY, *((one, _(one.words)) for one in Action)])
    where = forms.ChoiceField(
        label=_("Where"), required=False, choices=[_ANY, *((code, _(region.place)) for code, region in REGIONS.items())]
    )
    cost = forms.ChoiceField(label=_("Typical cost"), required=False, choices=[_ANY, *_COSTS])
    who = forms.ChoiceField(label=_("Who uploads"), required=False, choices=[_ANY, *_AUDIENCES])

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
    document = card.document
    written = (document.name, document.summary, document.uploads.type_words, document.classification.kind)
    both = " ".join((*written, *map(said, written))).casefold()
    return all(word in both for word in text.casefold().split())


_FITS: Mapping[str, Callable[[Card, Any], bool]] = {
    "q": _has_words,
    "kind": lambda card, kind: kind in card.categories,
    "may": lambda card, action: action in card.document.permissions.possible,
    "where": lambda card, region: region in card.document.regions,
    "cost": lambda card, cents: card.typical_cents <= int(cents),
    "who": lambda card, audience: card.document.audience == audience,
}
