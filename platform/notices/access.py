"""Whose pages these are. What isn't theirs isn't there: 404, never 403."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from accounts.identity import signed_in_id
from notices.models import WebhookEndpoint
from tenancy.memberships import workspaces_of
from tenancy.models import Workspace
from tenancy.principals import Principal, user_principal
from tenancy.roles import MAY_ADMINISTER

PageView = Callable[..., HttpResponse]


def member_page(view: PageView) -> PageView:
    """A page for signed-in people who belong to a workspace; others sign in first, or find nothing."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if getattr(request, "membership", None) is None:
            raise Http404
        return view(request, *args, **kwargs)

    return cast("PageView", login_required(guarded))


def owned_workspace(request: HttpRequest, slug: str) -> Workspace:
    """The workspace under this address, which the person owns. Raises Http404."""
    owned = workspaces_of(signed_in_id(request), MAY_ADMINISTER)
    workspace: Workspace | None = Workspace.objects.filter(slug=slug, pk__in=owned).first()
    if workspace is None:
        raise Http404
    return workspace


def owned_endpoint(request: HttpRequest, slug: str, endpoint_id: uuid.UUID) -> WebhookEndpoint:
    """A webhook of that workspace. Raises Http404."""
    there = WebhookEndpoint.objects.filter(pk=endpoint_id, workspace=owned_workspace(request, slug))
    endpoint: WebhookEndpoint | None = there.select_related("workspace").first()
    if endpoint is None:
        raise Http404
    return endpoint


def actor(request: HttpRequest) -> Principal:
    """The person, as the record names them."""
    return user_principal(signed_in_id(request))
