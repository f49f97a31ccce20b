"""A workspace owner's quotas: the limits are theirs to set, the counts are the platform's."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import BigIntegerField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.identity import signed_in_id
from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.language import number
from kernel.sizes import in_words
from quotas.models import Quota
from tenancy.administration import OwnedAdmin
from tenancy.principals import user_principal


class LimitsForm(forms.ModelForm[Quota]):
    """What the limits mean, beside them."""

    class Meta:
        help_texts: ClassVar = {
            "bytes_limit": _("1 GB is 1,000,000,000 bytes."),
            "requests_limit": _("Empty for no limit. Once they are used up, what frees space still goes on."),
        }


@admin.register(Quota)
class QuotaAdmin(OwnedAdmin):
    """Space, number of files and a month's requests, per app and for the workspace as a whole."""

    may_change = True
    form = LimitsForm
    formfield_overrides: ClassVar = {BigIntegerField: {"min_value": 0}}
    list_display = ("of", "limit", "used", "held", "files", "requests")
    fields = ("of", "bytes_limit", "objects_limit", "requests_limit", "used", "held", "files", "requests")
    readonly_fields = ("of", "used", "held", "files", "requests")

    @admin.display(description=_("for"))
    def of(self, quota: Quota) -> str:
        """Whose quota it is."""
        return str(quota.app) if quota.app else _("%(workspace)s (all apps together)") % {"workspace": quota.workspace}

    @admin.display(description=_("space"), ordering="bytes_limit")
    def limit(self, quota: Quota) -> str:
        """The limit in words."""
        return in_words(quota.bytes_limit)

    @admin.display(description=_("used"), ordering="bytes_used")
    def used(self, quota: Quota) -> str:
        """What files take, and how full that is."""
        return f"{in_words(quota.bytes_used)} ({quota.percent} %)"

    @admin.display(description=_("held by uploads"))
    def held(self, quota: Quota) -> str:
        """What uploads in flight hold."""
        return in_words(quota.bytes_held)

    @admin.display(description=_("files"))
    def files(self, quota: Quota) -> str:
        """How many of how many."""
        return _of(quota.objects_used, quota.objects_limit)

    @admin.display(description=_("requests this month"))
    def requests(self, quota: Quota) -> str:
        """How many of how many, up to the last minute; nothing is counted where nothing is limited."""
        if quota.requests_limit is None:
            return str(_("not limited"))
        return _of(quota.requests_in(f"{clock.now():%Y-%m}"), quota.requests_limit)

    def save_model(self, request: HttpRequest, obj: Quota, form: Any, change: bool) -> None:
        """Write the limits alone, so that counts which changed meanwhile aren't overwritten, and record it."""
        if not form.changed_data:
            return
        obj.save(update_fields=form.changed_data)
        record(
            AuditAction.QUOTA_CHANGED,
            actor=user_principal(signed_in_id(request)),
            app_id=obj.app_id,
            subject=f"quota:{obj.pk}",
            **{name: form.cleaned_data[name] for name in form.changed_data},
        )


def _of(used: int, limit: int) -> str:
    return _("%(used)s of %(limit)s") % {"used": number(used), "limit": number(limit)}
