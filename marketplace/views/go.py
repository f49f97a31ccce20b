"""The page on which an app's people upload."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.identity import signed_in_id
from kernel.language import said
from kernel.sizes import in_words
from marketplace.consent_words import consents_of
from marketplace.installations import InstalledPolicy, policy_of
from marketplace.showing import shows_files
from marketplace.visitors import uploaded_to, visitors_too
from policy.media_types import accept_attribute
from tenancy.memberships import workspaces_of
from tenancy.roles import MAY_CREATE_APPS


@require_safe
@visitors_too
def go(request: HttpRequest, slug: str) -> HttpResponse:
    """The upload page."""
    app = uploaded_to(request, slug)
    policy = policy_of(app)
    context = {
        "app": app,
        "limits": upload_limits(policy),
        "consents": consents_of(app, policy),
        "shows_files": shows_files(policy),
        "may_build": request.user.is_authenticated
        and workspaces_of(signed_in_id(request), MAY_CREATE_APPS).filter(workspace=app.workspace).exists(),
    }
    return render(request, "marketplace/go.html", context)


def upload_limits(policy: InstalledPolicy) -> dict[str, Any]:
    """What the page and its upload element say of limits: numbers and words."""
    uploads = policy.document.uploads
    return {
        "max_bytes": uploads.max_bytes,
        "max_words": in_words(uploads.max_bytes),
        "types": list(uploads.types),
        "type_words": said(uploads.type_words),
        "accept": accept_attribute(uploads.types),
    }
