"""Who may see which of the citizen developer's pages. What isn't theirs isn't there: 404, never 403."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from accounts.identity import signed_in_id
from tenancy.memberships import workspaces_of
from tenancy.models import Membership, MicroApp, Workspace
from tenancy.roles import MAY_ADMINISTER, Role

PageView = Callable[..., HttpResponse]


def member_page(view: PageView) -> PageView:
    """A page for signed-in people who belong to a workspace; others sign in first, or find nothing."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if membership_of(request) is None:
            raise Http404
        return view(request, *args, **kwargs)

    return cast("PageView", login_required(guarded))


def membership_of(request: HttpRequest) -> Membership | None:
    """The membership that the request acts in."""
    membership: Membership | None = getattr(request, "membership", None)
    return membership


def app_for(request: HttpRequest, slug: str, roles: Collection[Role]) -> MicroApp:
    """The app under this address, in a workspace where the person has one of the roles. Raises Http404."""
    workspaces = workspaces_of(signed_in_id(request), roles)
    app: MicroApp | None = (
        MicroApp.objects.filter(slug=slug, workspace__in=workspaces).select_related("workspace", "quota").first()
    )
    if app is None:
        raise Http404
    return app


def owned_workspace(request: HttpRequest, slug: str) -> Workspace:
    """The workspace under this address, where the person owns it. Raises Http404."""
    owned = workspaces_of(signed_in_id(request), MAY_ADMINISTER)
    workspace: Workspace | None = Workspace.objects.filter(slug=slug, id__in=owned).first()
    if workspace is None:
        raise Http404
    return workspace


def is_owner_of(request: HttpRequest, app: MicroApp) -> bool:
    """Whether the person owns the app's workspace."""
    return workspaces_of(signed_in_id(request), MAY_ADMINISTER).filter(workspace_id=app.workspace_id).exists()
