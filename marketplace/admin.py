"""The price books, and the rules for metadata and labels, for the platform's owner."""

from typing import Any, ClassVar, TypeVar

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

Row = TypeVar("Row", bound=models.Model)


class RecordedAdmin(admin.ModelAdmin[Row]):
    """Rows of the platform's owner: each change is on the platform's record, or doesn't happen."""

    action: ClassVar[AuditAction]
    subject: ClassVar[str]

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Row, form: Any, change: bool) -> None:
        """Write it and record it."""
        super().save_model(request, obj, form, change)
        self._record(request, obj, {name: str(form.cleaned_data[name]) for name in form.changed_data})

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        """Take it back, on the record."""
        self._record(request, obj, self.told_at_the_end(obj))
        obj.delete()

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        """One at a time, from its own page: the list's action would pass by the record."""
        return obj is not None and super().has_delete_permission(request, obj)

    def told_at_the_end(self, obj: models.Model) -> dict[str, str]:
        """What the record tells when a row goes."""
        return {"taken_back": str(obj)}

    def _record(self, request: HttpRequest, obj: models.Model, detail: dict[str, str]) -> None:
        actor = user_principal(signed_in_id(request))
        record_for_platform(self.action, actor=actor, subject=f"{self.subject}:{obj.pk}", **detail)


@admin.register(RegionPrices)
class RegionPricesAdmin(RecordedAdmin[RegionPrices]):
    """Each change holds for every estimate from then on."""

    action = AuditAction.PRICES_CHANGED
    subject = "prices"
    list_display = ("__str__", "storage_gb_month", "per_1000_writes", "per_1000_reads", "egress_gb", "as_of")

    def get_readonly_fields(self, request: HttpRequest, obj: RegionPrices | None = None) -> tuple[str, ...]:
        """The region names the row, so it stays."""
        return ("region",) if obj else ()

    def told_at_the_end(self, obj: models.Model) -> dict[str, str]:
        """The shipped prices hold again."""
        return {"back_to": "shipped prices"}


@admin.register(TransformRule)
class TransformRuleAdmin(RecordedAdmin[TransformRule]):
    """Each change reaches every app it is about within a second."""

    action = AuditAction.TRANSFORMS_CHANGED
    subject = "transform"
    list_display = ("__str__", "value", "organisation", "template", "position", "reason")
    list_filter = ("target", "does", "template")
