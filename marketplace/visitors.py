"""Public apps: their upload pages are open to people who haven't signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kernel.errors import Problem
from marketplace.access import PageView, app_for, member_page
from marketplace.installations import policy_of
from tenancy.addresses import tenant_of_slug
from tenancy.models import MicroApp
from tenancy.roles import MAY_UPLOAD
from tenancy.scoping import tenant_scope


def visitors_too(view: Callable[..., HttpResponse]) -> PageView:
    """A page of an app for the people of its workspace and, where the app is public, for who hasn't signed in."""

    @wraps(view)
    def guarded(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        tenant_id = None if request.user.is_authenticated else tenant_of_slug(slug)
        if tenant_id is None:
            return member_page(view)(request, slug, *args, **kwargs)
        with tenant_scope(tenant_id):
            app = MicroApp.objects.select_related("workspace", "quota").get(slug=slug)
            if not _is_public(app):
                return redirect_to_login(request.get_full_path())
            request.visited_app = app  # type: ignore[attr-defined]  # read by `uploaded_to`
            return view(request, slug, *args, **kwargs)

    return cast("PageView", guarded)


def uploaded_to(request: HttpRequest, slug: str) -> MicroApp:
    """The app whose upload page this is. Raises Http404 for an app that isn't theirs."""
    visited: MicroApp | None = getattr(request, "visited_app", None)
    return visited or app_for(request, slug, MAY_UPLOAD)


def visit(request: HttpRequest, app: MicroApp) -> dict[str, str] | None:
    """What a visitor's upload box needs: where its challenges come from. None for who has signed in."""
    if request.user.is_authenticated:
        return None
    return {"challenge": f"{reverse('proof-challenge')}?for=upload&app={app.publishable_id}"}


def _is_public(app: MicroApp) -> bool:
    try:
        return policy_of(app).document.audience == "public"
    except Problem:
        return False
