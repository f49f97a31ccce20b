"""A workspace owner's rules of keeping, in Django's admin: what the template lets them set, and what it doesn't."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.identity import signed_in_id
from kernel.errors import Problem
from lifecycle import keeping
from storage.durations import days_in_words
from storage.models import Keeping
from tenancy.administration import OwnedAdmin
from tenancy.principals import user_principal


class KeepingAdminForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's stubs make it generic, Django doesn't
    """The two numbers, refused beyond the template's bounds in the template's words."""

    class Meta:
        model = Keeping
        fields = ("delete_after_days", "archive_after_days")

    def clean(self) -> dict[str, Any]:
        """Raises nothing: what can't stay is written beside its field."""
        wanted = super().clean() or self.cleaned_data
        try:
            keeping.require_within(self.instance, wanted.get("delete_after_days"), wanted.get("archive_after_days"))
        except Problem as problem:
            for error in problem.errors:
                self.add_error(error.pointer.strip("/"), error.detail)
        return wanted


@admin.register(Keeping)
class KeepingAdmin(OwnedAdmin):
    """How long each app's files stay, and when they go to the archive."""

    may_change = True
    workspace_path = "app__workspace"
    form = KeepingAdminForm
    list_display = ("app", "delete_after_days", "archive_after_days", "label")
    fields = ("app", "label", "delete_after_days", "archive_after_days", "bounds", "page")
    readonly_fields = ("app", "label", "bounds", "page")

    @admin.display(description=_("the template allows"))
    def bounds(self, rule: Keeping) -> str:
        """In words."""
        latest, longest = rule.latest_archive_days, rule.longest_days
        archive = _("archived after %(time)s at most") % {"time": days_in_words(latest)} if latest else _("no archive")
        bounds = {
            "least": days_in_words(rule.minimum_days),
            "longest": _("for ever") if longest is None else days_in_words(longest),
            "archive": archive,
        }
        return _("at least %(least)s, at most %(longest)s; %(archive)s") % bounds

    @admin.display(description=_("before you change it"))
    def page(self, rule: Keeping) -> str:
        """The page that shows what a change would touch."""
        address = reverse("keeping", args=[rule.app.slug])
        return format_html('<a href="{}">{}</a>', address, _("See what a change would touch"))

    def save_model(self, request: HttpRequest, obj: Keeping, form: Any, change: bool) -> None:
        """By the same step as the app's own page: the files that are there get their new dates, and it is recorded."""
        if form.changed_data:
            wanted = form.cleaned_data
            keeping.change(
                obj.app,
                wanted["delete_after_days"],
                wanted["archive_after_days"],
                actor=user_principal(signed_in_id(request)),
            )
