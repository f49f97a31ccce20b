"""The forms of an app's keeping page."""

from django import forms
from django.utils.translation import gettext_lazy as _


class KeepingForm(forms.Form):
    """How long files stay."""

    days = forms.IntegerField(
        min_value=1,
        max_value=36_600,
        required=False,
        label=_("Delete files after how many days"),
        error_messages={"invalid": _("Enter a whole number of days.")},
    )


class ArchivingForm(KeepingForm):
    """The same, where the template archives."""

    archive_days = forms.IntegerField(
        min_value=1,
        max_value=36_500,
        label=_("Move files to the archive after how many days"),
        error_messages={"invalid": _("Enter a whole number of days.")},
    )


class HoldForm(forms.Form):
    """A legal hold on everything of the app."""

    reason = forms.CharField(
        max_length=300,
        label=_("Why nothing of this app may be deleted"),
        error_messages={"required": _("Say why: it stands in the record.")},
    )
