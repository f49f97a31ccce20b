"""Who may see and use the broker's pages. What isn't theirs isn't there: 404, never 403."""

from collections.abc import Callable
from functools import wraps
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from accounts.identity import signed_in_id
from tenancy.memberships import workspaces_of
from tenancy.models import MicroApp, Workspace
from tenancy.roles import MAY_ADMINISTER, MAY_CREATE_APPS

Page = Callable[..., HttpResponse]


def app_of_theirs(request: HttpRequest, slug: str) -> MicroApp:
    """The app, where the person looks after it. Raises Http404."""
    workspaces = workspaces_of(signed_in_id(request), MAY_CREATE_APPS)
    app = MicroApp.objects.filter(slug=slug, workspace__in=workspaces)
    found: MicroApp | None = app.select_related("workspace", "application").first()
    if found is None:
        raise Http404
    return found


def workspace_of_theirs(request: HttpRequest, slug: str) -> Workspace:
    """The workspace, where the person owns it. Raises Http404."""
    owned = workspaces_of(signed_in_id(request), MAY_ADMINISTER)
    found: Workspace | None = Workspace.objects.filter(slug=slug, id__in=owned).first()
    if found is None:
        raise Http404
    return found


def members_only(page: Page) -> Page:
    """A page for signed-in people who belong to a workspace."""

    @wraps(page)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if getattr(request, "membership", None) is None:
            raise Http404
        return page(request, *args, **kwargs)

    return cast("Page", login_required(guarded))


def platform_owner_only(page: Page) -> Page:
    """A page for the platform's owner; for anybody else there is none."""

    @wraps(page)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        user = request.user
        if not (user.is_authenticated and user.is_active and user.is_superuser):
            raise Http404
        return page(request, *args, **kwargs)

    return guarded
