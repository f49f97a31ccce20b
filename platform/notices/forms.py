"""What people may choose: when they are told, and what their webhooks are told."""

import zoneinfo
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notices.kinds import HEARD_BY_WEBHOOKS, Kind
from notices.models import MAX_URL_CHARACTERS, NoticePreference
from notices.targets import UnusableTargetError, clean_target

_HEARD = [(known.kind.value, _(known.about)) for known in HEARD_BY_WEBHOOKS]


def _zones() -> list[tuple[str, str]]:
    """The places that a person may live in; `Etc/…` and the like are no places."""
    places = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in places)]


class _Clock(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class PreferenceForm(forms.ModelForm[NoticePreference]):
    """One person's wishes."""

    time_zone = forms.ChoiceField(choices=_zones, label=_("Your time zone"))

    class Meta:
        model = NoticePreference
        fields = ("email", "digest_at", "quiet_from", "quiet_until", "time_zone")
        labels: ClassVar = {
            "email": _("When do you want e-mail?"),
            "digest_at": _("Once a day, at"),
            "quiet_from": _("Quiet from"),
            "quiet_until": _("Quiet until"),
        }
        widgets: ClassVar = {
            "email": forms.RadioSelect(),
            "digest_at": _Clock(),
            "quiet_from": _Clock(),
            "quiet_until": _Clock(),
        }

    def clean(self) -> dict[str, Any]:
        """Quiet hours have two different ends, or none."""
        answers = super().clean() or {}
        begins, ends = answers.get("quiet_from"), answers.get("quiet_until")
        if (begins is None) != (ends is None):
            self.add_error("quiet_until", _("Give both ends of the quiet hours, or leave both empty."))
        elif begins is not None and begins == ends:
            self.add_error("quiet_until", _("Quiet hours end at another time than they begin."))
        return answers


class KindsForm(forms.Form):
    """What an endpoint is told of."""

    kinds = forms.MultipleChoiceField(
        choices=_HEARD,
        widget=forms.CheckboxSelectMultiple,
        label=_("Tell it when …"),
        initial=[kind for kind, _words in _HEARD],
    )

    def chosen(self) -> list[Kind]:
        """The kinds."""
        return [Kind(name) for name in self.cleaned_data["kinds"]]


class WebhookForm(KindsForm):
    """A new endpoint."""

    url = forms.CharField(
        max_length=MAX_URL_CHARACTERS,
        label=_("Address"),
        widget=forms.URLInput(attrs={"autocomplete": "url", "placeholder": "https://"}),
    )
    field_order = ("url", "kinds")

    def clean_url(self) -> str:
        """The address, or why it can't be one."""
        try:
            return clean_target(self.cleaned_data["url"], allow_private=settings.OUTBOUND_PRIVATE_ADDRESSES_ALLOWED)
        except UnusableTargetError as error:
            raise forms.ValidationError(str(error)) from error
