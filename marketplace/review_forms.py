"""The forms of reviewers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.sizes import MB
from marketplace.urgent import Narrower
from policy.document import Document

_WHY = forms.Textarea(attrs={"rows": 3})


class ReasonForm(forms.Form):
    """Why; at least a sentence, which others read."""

    reason = forms.CharField(
        label=_("Why"), max_length=300, min_length=10, widget=_WHY,
        error_messages={
            "min_length": _("Give a reason that others will understand: at least %(limit_value)d letters."),
        },
    )  # fmt: skip


class UrgentForm(ReasonForm):
    """What an urgent version takes away. Everything begins as it is."""

    max_mb = forms.DecimalField(label=_("Largest file, in MB"), required=False, min_value=0, decimal_places=3)
    token_seconds = forms.IntegerField(label=_("Access ends by itself after, in seconds"), required=False, min_value=30)
    captcha = forms.BooleanField(label=_("Robots are kept out by a short sum that the browser does"), required=False)
    field_order = ("max_mb", "token_seconds", "captcha", "reason")

    def __init__(self, data: Any, *, document: Document) -> None:
        initial = {
            "max_mb": document.uploads.max_bytes / MB,
            "token_seconds": document.tokens.ttl_seconds,
            "captcha": document.captcha is not None,
        }
        super().__init__(data, initial=initial)

    def wish(self) -> Narrower:
        """What is wanted; what was left as it was is left."""
        size, life = self.cleaned_data["max_mb"], self.cleaned_data["token_seconds"]
        return Narrower(
            max_bytes=int(size * MB) if "max_mb" in self.changed_data and size else None,
            token_seconds=life if "token_seconds" in self.changed_data else None,
            captcha=self.cleaned_data["captcha"],
        )
