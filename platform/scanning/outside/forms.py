"""What an owner says of a new scanner."""

import re

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notices.models import MAX_URL_CHARACTERS
from notices.targets import UnusableTargetError, clean_target

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 .-]{0,28}[A-Za-z0-9])?")


class ScannerForm(forms.Form):
    """A new scanner."""

    name = forms.CharField(max_length=30, label=_("Name"))
    url = forms.CharField(
        max_length=MAX_URL_CHARACTERS,
        label=_("Address"),
        widget=forms.URLInput(attrs={"autocomplete": "url", "placeholder": "https://"}),
    )
    asked = forms.ChoiceField(
        choices=[
            ("named", _("Files of apps whose template asks for it")),
            ("always", _("Every file of this workspace")),
        ],
        widget=forms.RadioSelect,
        initial="named",
        label=_("What is it asked about?"),
    )

    def clean_name(self) -> str:
        """Letters, digits and what stands between them: verdicts are told by it."""
        name: str = self.cleaned_data["name"].strip()
        if not _NAME.fullmatch(name):
            raise forms.ValidationError(_("Use letters, digits, spaces, dots and dashes."))
        return name

    def clean_url(self) -> str:
        """The address, or why it can't be one."""
        try:
            return clean_target(self.cleaned_data["url"], allow_private=settings.OUTBOUND_PRIVATE_ADDRESSES_ALLOWED)
        except UnusableTargetError as error:
            raise forms.ValidationError(str(error)) from error
