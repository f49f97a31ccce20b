"""The forms of an app's pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.paths import UnusablePathError, clean_name
from kernel.sizes import GB
from marketplace.file_list import ORDERS
from marketplace.models import AppRequest
from marketplace.requests import Wish as Asked
from marketplace.trail import Filter, Show
from storage.listing import Sort, Wish


class FilesForm(forms.Form):
    """What of a folder is shown; an address that makes no sense shows everything."""

    begins = forms.CharField(required=False, max_length=255, label=_("Name begins with"), strip=False)
    sort = forms.ChoiceField(required=False, choices=[(order, _(words)) for order, words in ORDERS], label=_("Order"))

    def wish(self) -> Wish:
        """The listing that is wanted; a search is in the order of names, as the storage room's index is."""
        if not self.is_valid():
            return Wish()
        begins, sort = self.cleaned_data["begins"], Sort(self.cleaned_data["sort"] or Sort.NAME)
        return Wish(sort if not begins or sort.column == "name" else Sort.NAME, begins)


class ActivityForm(forms.Form):
    """What of the trail is shown."""

    show = forms.ChoiceField(required=False, choices=[(show.value, _(show.words)) for show in Show], label=_("Show"))
    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}), label=_("Since"))
    until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}), label=_("To, included"))

    def clean(self) -> dict[str, Any]:
        """Refuse a time that ends before it begins."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last day is before the first."))
        return cleaned

    def wanted(self) -> Filter:
        """The filter; what makes no sense is left out."""
        self.is_valid()
        found = self.cleaned_data
        return Filter(Show(found.get("show") or Show.NEWS), found.get("since"), found.get("until"))


class SettingsForm(forms.Form):
    """What everyone who builds may set."""

    name = forms.CharField(max_length=80, label=_("Name"))

    def __init__(self, data: Any, *, name: str, options: list[tuple[str, str]], chosen: list[str]) -> None:
        super().__init__(data, initial={"name": name, "options": chosen})
        if options:
            self.fields["options"] = forms.MultipleChoiceField(
                choices=options, widget=forms.CheckboxSelectMultiple, required=False, label=_("Choices of its template")
            )

    def clean_name(self) -> str:
        """The name, or why it can't be one."""
        try:
            return clean_name(self.cleaned_data["name"])
        except UnusablePathError as error:
            raise forms.ValidationError(str(error)) from error


_ASKED = {
    AppRequest.Kind.SPACE: (_("How much space altogether, in GB"), 1, 100_000),
    AppRequest.Kind.FILES: (_("How many files altogether"), 1, 1_000_000_000),
    AppRequest.Kind.KEPT_DAYS: (_("How many days files stay"), 1, 36_500),
}


class AskForm(forms.Form):
    """One wish to the owner, prefilled with what usually helps: twice of what there is."""

    reason = forms.CharField(
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        label=_("Why (you may leave this empty)"),
    )
    field_order = ("wanted", "reason")

    def __init__(
        self, data: Any, *, kind: AppRequest.Kind, current: int | None, permissions: list[tuple[str, str]]
    ) -> None:
        super().__init__(data)
        self.kind = kind
        if kind == AppRequest.Kind.PERMISSION:
            self.fields["wanted"] = forms.ChoiceField(
                choices=permissions, widget=forms.RadioSelect, label=_("What it should be allowed")
            )
        else:
            label, least, most = _ASKED[kind]
            self.fields["wanted"] = forms.IntegerField(
                min_value=least, max_value=most, label=label, initial=_usual(kind, current or 0)
            )
        self.order_fields(self.field_order)

    def wish(self) -> Asked:
        """What was asked for, in the unit that is kept."""
        wanted = self.cleaned_data["wanted"]
        amount = wanted * GB if self.kind == AppRequest.Kind.SPACE else wanted
        return Asked(self.kind, amount, self.cleaned_data["reason"])


def _usual(kind: AppRequest.Kind, current: int) -> int:
    if kind == AppRequest.Kind.SPACE:
        return max(-(-current * 2 // GB), 1)
    return current * 2 if kind == AppRequest.Kind.FILES else current or 365


class DecisionForm(forms.Form):
    """An owner's decision on one request."""

    decision = forms.ChoiceField(choices=[("approve", _("Approve")), ("decline", _("Decline"))])
    answer = forms.CharField(required=False, max_length=500)
