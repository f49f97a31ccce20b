"""The platform owner's costs and rates in the admin: each change is a new revision, in force within a second."""

import json
from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.identity import signed_in_id
from admission import rules
from admission.limits import LimitsError, limits_from
from admission.limits_form import LAYERS, WHO, LimitsForm, cost_field, filled_with, rate_fields
from admission.models import LimitsRevision
from admission.operations import Kind, Operation
from audit.actions import AuditAction
from audit.record import record_for_platform
from tenancy.principals import user_principal

_AS_IT_IS = ("set_at", "actor", "reason", "differences")


@admin.register(LimitsRevision)
class LimitsRevisionAdmin(admin.ModelAdmin[LimitsRevision]):
    """The history, and a form with what is in force; saving it writes the next revision. None is ever changed."""

    form = LimitsForm
    list_display = ("set_at", "actor", "reason", "is_readable")
    readonly_fields = ("set_at", "actor", "differences")
    ordering = ("-set_at", "-id")

    @admin.display(description=_("differs from the defaults in"))
    def differences(self, revision: LimitsRevision) -> str:
        """The document."""
        return format_html("<pre>{}</pre>", json.dumps(revision.document, indent=2, sort_keys=True))

    @admin.display(description=_("fits this version"), boolean=True)
    def is_readable(self, revision: LimitsRevision) -> bool:
        """Whether this code knows all of its words; one that it doesn't know is left for the defaults."""
        try:
            limits_from(revision.document)
        except LimitsError:
            return False
        return True

    def get_fieldsets(self, request: HttpRequest, obj: LimitsRevision | None = None) -> Any:
        """The form, or one revision as it was."""
        if obj is not None:
            return [(None, {"fields": _AS_IT_IS})]
        costs = [cost_field(operation) for operation in Operation]
        rates = [(WHO[layer], {"fields": [rate_fields(layer, kind) for kind in Kind]}) for layer in LAYERS]
        return [
            (_("Why"), {"fields": ["reason"]}),
            (_("What operations cost, in units of the rates below"), {"fields": costs, "classes": ["collapse"]}),
            *rates,
            (_("Shares"), {"fields": ["weights"]}),
        ]

    def get_form(self, request: HttpRequest, obj: LimitsRevision | None = None, change: bool = False, **kw: Any) -> Any:
        """The form for a new revision; for an old one a form without fields."""
        if obj is not None:
            kw["form"] = ModelForm
        return super().get_form(request, obj, change, **kw)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What is in force now."""
        return filled_with(rules.stored())

    def save_model(self, request: HttpRequest, obj: LimitsRevision, form: Any, change: bool) -> None:
        """Write it, on the record; it is in force once this transaction is committed."""
        actor = user_principal(signed_in_id(request))
        made = rules.set_limits(form.document, actor=str(actor), reason=form.cleaned_data["reason"])
        record_for_platform(
            AuditAction.LIMITS_CHANGED,
            actor=actor,
            subject=f"limits:{made.pk}",
            reason=made.reason,
            document=made.document,
        )
        obj.pk, obj.document, obj.set_at = made.pk, made.document, made.set_at

    def has_change_permission(self, request: HttpRequest, obj: LimitsRevision | None = None) -> bool:
        """What was decided stays as it was decided."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: LimitsRevision | None = None) -> bool:
        """Likewise."""
        return False
