"""The forms of the platform owner's pages."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admission.limits import Rate
from admission.operations import Kind
from marketplace.models import Template
from operations.slowing import Slowing

_EVERYTHING = "all"


class SlowingForm(forms.Form):
    """Slow down all apps of one template."""

    slug = forms.ChoiceField(label=_("Template"))
    kind = forms.ChoiceField(
        widget=forms.RadioSelect,
        label=_("What to slow down"),
        choices=[
            (_EVERYTHING, _("Everything, together")),
            (Kind.WRITE.value, _("Starting uploads and changing things")),
            (Kind.READ.value, _("Lists and opening files")),
            (Kind.TOKEN.value, _("Getting keys")),
        ],
        initial=Kind.WRITE.value,
    )
    per_minute = forms.IntegerField(min_value=1, max_value=60_000, label=_("Requests a minute"), initial=60)
    burst = forms.IntegerField(min_value=1, max_value=10_000, label=_("Requests at once"), initial=10)
    hours = forms.IntegerField(min_value=1, max_value=24 * 30, label=_("For how many hours"), initial=4)
    reason = forms.CharField(
        max_length=200, label=_("Why"), error_messages={"required": _("Say why: it stands in the record.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        slugs = Template.objects.order_by("slug").values_list("slug", flat=True)
        choices = forms.ChoiceField(choices=[(slug, slug) for slug in slugs]).choices
        self.fields["slug"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField, declared above

    def wanted(self) -> Slowing:
        """What was filled in."""
        kind = self.cleaned_data["kind"]
        return Slowing(
            slug=self.cleaned_data["slug"],
            kind=None if kind == _EVERYTHING else Kind(kind),
            rate=Rate(self.cleaned_data["per_minute"], self.cleaned_data["burst"]),
            lasts=dt.timedelta(hours=self.cleaned_data["hours"]),
            reason=self.cleaned_data["reason"],
        )


class LiftingForm(forms.Form):
    """End a template's limit."""

    slug = forms.SlugField(max_length=120)
