"""A workspace owner's members, requests and versions in the admin: theirs alone, on the record."""

import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.identity import signed_in_id
from kernel.errors import Problem
from kernel.language import said
from marketplace import requests
from marketplace.members import LastOwnerError, change_role
from marketplace.models import AppRequest, Installation, VersionChange
from marketplace.requests import AlreadyDecidedError
from policy.actions import Action
from tenancy.administration import OwnedAdmin
from tenancy.models import Membership
from tenancy.roles import Role


class MembershipForm(forms.ModelForm[Membership]):
    """What somebody is; the last owner stays one."""

    def clean_role(self) -> str:
        """The role, unless it would leave the workspace without an owner."""
        role = str(self.cleaned_data["role"])
        others = Membership.objects.filter(workspace_id=self.instance.workspace_id, role=Role.OWNER)
        if role != Role.OWNER and not others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("A workspace needs an owner. Make somebody else one first."))
        return role


@admin.register(Membership)
class MembershipAdmin(OwnedAdmin):
    """Who belongs to the workspace, as what."""

    may_change = True
    form = MembershipForm
    list_display = ("user", "role", "workspace", "created_at")
    list_filter = ("role",)
    fields = ("user", "role", "workspace", "created_at")
    readonly_fields = ("user", "workspace", "created_at")

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        """Change the role; of two owners who do away with each other the second is told."""
        try:
            change_role(obj, Role(form.cleaned_data["role"]), signed_in_id(request))
        except LastOwnerError as error:
            messages.error(request, str(error))


@admin.register(AppRequest)
class AppRequestAdmin(OwnedAdmin):
    """What people who build ask for: decided by the actions above the list, or on the app's own page."""

    workspace_path = "app__workspace"
    list_display = ("asked_at", "app", "kind", "wish", "asked_by", "state", "decided_by")
    list_filter = ("state", "kind")
    fields = (
        "app",
        "kind",
        "wish",
        "reason",
        "asked_by",
        "asked_at",
        "state",
        "answer",
        "decided_by",
        "decided_at",
        "page",
    )
    readonly_fields = fields
    actions = ("approve", "decline")

    @admin.display(description=_("wish"))
    def wish(self, request: AppRequest) -> str:
        """What is wanted, in words."""
        return str(requests.wish_of(request))

    @admin.display(description=_("decide"))
    def page(self, request: AppRequest) -> str:
        """The page on which it is decided with an answer."""
        return format_html(
            '<a href="{}">{}</a>', reverse("app-requests", args=[request.app.slug]), _("On the app's page")
        )

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whoever may see the list decides; each is asked for the role again below."""
        return self.has_view_permission(request)

    @admin.action(description=_("Approve what is chosen"), permissions=["decide"])
    def approve(self, request: HttpRequest, chosen: "QuerySet[AppRequest]") -> None:
        """Grant each, at once."""
        _decide(request, chosen, requests.approve)

    @admin.action(description=_("Decline what is chosen"), permissions=["decide"])
    def decline(self, request: HttpRequest, chosen: "QuerySet[AppRequest]") -> None:
        """Leave everything as it is."""
        _decide(request, chosen, requests.decline)


@admin.register(Installation)
class InstallationAdmin(OwnedAdmin):
    """Which version of which template binds each app."""

    workspace_path = "app__workspace"
    list_display = ("app", "version", "region", "allowed", "installed_at")
    fields = list_display
    readonly_fields = list_display
    list_select_related: ClassVar = ["app", "version__template"]

    @admin.display(description=_("allowed beside what its template needs"))
    def allowed(self, installation: Installation) -> str:
        """What its people may do because somebody allowed it, in words."""
        return ", ".join(said(Action(name).words) for name in installation.extra_permissions) or "-"


@admin.register(VersionChange)
class VersionChangeAdmin(OwnedAdmin):
    """How each app came to its version."""

    workspace_path = "app__workspace"
    list_display = ("made_at", "app", "before", "after", "kind", "reason")
    fields = list_display
    readonly_fields = list_display


def _decide(
    request: HttpRequest, chosen: "QuerySet[AppRequest]", decide: Callable[[uuid.UUID, uuid.UUID], AppRequest]
) -> None:
    for each in chosen:
        level, outcome = _outcome(each, decide, signed_in_id(request))
        messages.add_message(request, level, f"{each}: {outcome}")


def _outcome(
    request: Model, decide: Callable[[uuid.UUID, uuid.UUID], AppRequest], person: uuid.UUID
) -> tuple[int, str]:
    try:
        return messages.SUCCESS, said(AppRequest.State(decide(request.pk, person).state).label.lower())
    except AlreadyDecidedError as error:
        return messages.WARNING, str(error)
    except Problem as problem:
        return messages.ERROR, problem.user_message
