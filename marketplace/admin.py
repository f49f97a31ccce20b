"""The price books, and the rules for metadata and labels, for the platform's owner."""

from typing import Any

from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest

from accounts.identity import signed_in_id
from audit.actions import AuditAction
from audit.record import record_for_platform
from marketplace import owners_admin  # noqa: F401 - Django finds a room's admins in this module alone
from marketplace.price_models import RegionPrices
from marketplace.transform_models import TransformRule
from tenancy.principals import user_principal


@admin.register(RegionPrices)
class RegionPricesAdmin(admin.ModelAdmin[RegionPrices]):
    """Each change holds for every estimate from then on, and is on the platform's record."""

    list_display = ("__str__", "storage_gb_month", "per_1000_writes", "per_1000_reads", "egress_gb", "as_of")

    def get_readonly_fields(self, request: HttpRequest, obj: RegionPrices | None = None) -> tuple[str, ...]:
        """The region names the row, so it stays."""
        return ("region",) if obj else ()

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: RegionPrices, form: Any, change: bool) -> None:
        """Write it and record it."""
        super().save_model(request, obj, form, change)
        _record(request, obj, **{name: str(form.cleaned_data[name]) for name in form.changed_data})

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        """Go back to the shipped prices, on the record."""
        _record(request, obj, back_to="shipped prices")
        obj.delete()

    def has_delete_permission(self, request: HttpRequest, obj: RegionPrices | None = None) -> bool:
        """One at a time, from its own page: the list's action would pass by the record."""
        return obj is not None and super().has_delete_permission(request, obj)


@admin.register(TransformRule)
class TransformRuleAdmin(admin.ModelAdmin[TransformRule]):
    """Each change reaches every app it is about within a second, and is on the platform's record."""

    list_display = ("__str__", "value", "organisation", "template", "position", "reason")
    list_filter = ("target", "does", "template")

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: TransformRule, form: Any, change: bool) -> None:
        """Write it and record it."""
        super().save_model(request, obj, form, change)
        _record_rule(request, obj, **{name: str(form.cleaned_data[name]) for name in form.changed_data})

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        """Take it back, on the record."""
        _record_rule(request, obj, taken_back=str(obj))
        obj.delete()

    def has_delete_permission(self, request: HttpRequest, obj: TransformRule | None = None) -> bool:
        """One at a time, from its own page: the list's action would pass by the record."""
        return obj is not None and super().has_delete_permission(request, obj)


def _record_rule(request: HttpRequest, rule: models.Model, **detail: str) -> None:
    actor = user_principal(signed_in_id(request))
    record_for_platform(AuditAction.TRANSFORMS_CHANGED, actor=actor, subject=f"transform:{rule.pk}", **detail)


def _record(request: HttpRequest, prices: models.Model, **detail: str) -> None:
    actor = user_principal(signed_in_id(request))
    record_for_platform(AuditAction.PRICES_CHANGED, actor=actor, subject=f"prices:{prices.pk}", **detail)
