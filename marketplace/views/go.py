"""The page on which an app's people upload, and what its upload element asks for."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kernel.regions import place_of
from kernel.sizes import in_words
from marketplace.access import app_for, member_page
from marketplace.consent_words import consent_words
from marketplace.installations import InstalledPolicy, policy_of
from policy.media_types import accept_attribute
from tenancy.roles import MAY_UPLOAD


@require_safe
@member_page
def go(request: HttpRequest, slug: str) -> HttpResponse:
    """The upload page."""
    app = app_for(request, slug, MAY_UPLOAD)
    policy = policy_of(app)
    context = {"app": app, "limits": _limits(policy), "consent": consent_words(app, policy)}
    return render(request, "marketplace/go.html", context)


@require_safe
@member_page
def surface(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that the upload element shows and enforces early; the gateway enforces it again."""
    app = app_for(request, slug, MAY_UPLOAD)
    policy = policy_of(app)
    words = consent_words(app, policy)
    answer = JsonResponse(
        {
            "app": {"id": app.publishable_id, "name": app.name},
            "workspace": app.workspace.name,
            "limits": _limits(policy),
            "place": place_of(policy.region),
            "consent": {"surface": words.surface, "version": words.version, "lines": list(words.lines)},
            "endpoints": {"token": "/oauth/token", "consents": "/oauth/consents", "api": "/api/v1"},
        }
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _limits(policy: InstalledPolicy) -> dict[str, Any]:
    uploads = policy.document.uploads
    return {
        "max_bytes": uploads.max_bytes,
        "max_words": in_words(uploads.max_bytes),
        "types": list(uploads.types),
        "type_words": uploads.type_words,
        "accept": accept_attribute(uploads.types),
    }
