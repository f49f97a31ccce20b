"""The forms of an app's pages."""

from typing import Any

from django import forms

from marketplace.file_list import ORDERS
from marketplace.trail import Filter, Show
from storage.listing import Sort, Wish


class FilesForm(forms.Form):
    """What of a folder is shown; an address that makes no sense shows everything."""

    begins = forms.CharField(required=False, max_length=255, label="Name begins with", strip=False)
    sort = forms.ChoiceField(required=False, choices=ORDERS, label="Order")

    def wish(self) -> Wish:
        """The listing that is wanted; a search is in the order of names, as the storage room's index is."""
        if not self.is_valid():
            return Wish()
        begins, sort = self.cleaned_data["begins"], Sort(self.cleaned_data["sort"] or Sort.NAME)
        return Wish(sort if not begins or sort.column == "name" else Sort.NAME, begins)


class ActivityForm(forms.Form):
    """What of the trail is shown."""

    show = forms.ChoiceField(required=False, choices=[(show.value, show.words) for show in Show], label="Show")
    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}), label="From")
    until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}), label="To, included")

    def clean(self) -> dict[str, Any]:
        """Refuse a time that ends before it begins."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", "The last day is before the first.")
        return cleaned

    def wanted(self) -> Filter:
        """The filter; what makes no sense is left out."""
        self.is_valid()
        found = self.cleaned_data
        return Filter(Show(found.get("show") or Show.NEWS), found.get("since"), found.get("until"))
