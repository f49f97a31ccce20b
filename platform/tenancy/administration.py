"""Django's admin for workspace owners: it opens to them, and shows them nothing beyond their own workspaces.

Every model admin of a tenant's things derives from OwnedAdmin. The tenant's scope holds already, by middleware and by
row-level security; within the tenant, only workspaces that the person owns are theirs to administer.
"""

from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.identity import signed_in_id
from tenancy.memberships import workspaces_of
from tenancy.roles import MAY_ADMINISTER


class WorkspaceAdminSite(AdminSite):
    """The admin, under our name."""

    site_header = _("Gatehouse administration")
    site_title = "Gatehouse"
    index_title = _("Your workspaces")
    site_url = "/apps/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Platform staff, and whoever owns a workspace."""
        return bool(super().has_permission(request) or (request.user.is_active and owns_a_workspace(request)))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """What somebody may not open isn't there, for whoever is signed in: 404 and never 403, as everywhere else."""
        inner, model_admin = super().admin_view(view, cacheable), getattr(view, "__self__", None)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated and not (self.has_permission(request) and _may_see(model_admin, request)):
                raise Http404
            try:
                answer: HttpResponseBase = inner(request, *args, **kwargs)
            except PermissionDenied as error:
                raise Http404 from error
            return answer

        return guarded

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one door, with its second factor and its limits; the admin has none of its own."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise Http404
        return redirect_to_login(reverse("admin:index"))

    def password_change(  # type: ignore[override]  # a redirect where Django's answers with a page
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Passwords are changed where everybody changes theirs."""
        return redirect("account_change_password")


def _may_see(model_admin: object, request: HttpRequest) -> bool:
    """Whether the model is theirs at all: Django says of some views whether a row is there before it asks this."""
    return not isinstance(model_admin, ModelAdmin) or model_admin.has_view_or_change_permission(request)


def owns_a_workspace(request: HttpRequest) -> bool:
    """Whether the person owns a workspace in the tenant that the request acts in."""
    if getattr(request, "membership", None) is None:
        return False
    return workspaces_of(signed_in_id(request), MAY_ADMINISTER).exists()


class OwnedAdmin(ModelAdmin[Any]):
    """An admin of things that belong to a workspace; `workspace_path` leads from the model to it."""

    workspace_path = "workspace"
    may_change = False

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """The rows of the person's own workspaces; any other row's page is a 404."""
        if getattr(request, "membership", None) is None:
            return self.model._default_manager.none()  # type: ignore[no-any-return]
        owned = workspaces_of(signed_in_id(request), MAY_ADMINISTER)
        rows: QuerySet[Any] = super().get_queryset(request).filter(**{f"{self.workspace_path}__in": owned})
        return rows

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, *_: Any) -> HttpResponseRedirect:
        """What isn't there, and what isn't theirs, is a 404 like everywhere else."""
        raise Http404

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Owners see it on the index."""
        return owns_a_workspace(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Owners look at what the queryset lets them find."""
        return owns_a_workspace(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Where the model says so."""
        return self.may_change and owns_a_workspace(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Things are made on the pages that know what belongs with them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing with files behind it is deleted here."""
        return False
