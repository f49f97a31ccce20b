"""What the upload element of an app's page asks for: the app's limits, its words of consent, where to call."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_safe

from accounts.identity import signed_in_id
from broker.consents import has_agreed
from broker.grants import ConsentNeeded
from kernel.language import said
from kernel.regions import place_of
from marketplace.consent_words import consent_words
from marketplace.installations import policy_of
from marketplace.views.go import upload_limits
from marketplace.visitors import uploaded_to, visit, visitors_too

_ENDPOINTS = {"token": "/oauth/token", "consents": "/oauth/consents", "api": "/api/v1"}


@require_safe
@visitors_too
def surface(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that the element shows and enforces early; the gateway enforces it again."""
    app = uploaded_to(request, slug)
    policy = policy_of(app)
    words = consent_words(app, policy)
    visiting = visit(request, app)
    agreed = visiting is None and has_agreed(app, signed_in_id(request), ConsentNeeded(words.surface, words.version))
    consent = {"surface": words.surface, "version": words.version, "lines": list(words.lines), "agreed": agreed}
    answer = JsonResponse(
        {
            "app": {"id": app.publishable_id, "name": app.name},
            "workspace": app.workspace.name,
            "limits": upload_limits(policy),
            "place": said(place_of(policy.region)),
            "consent": consent,
            "endpoints": _ENDPOINTS,
            "visitor": visiting,
            "csrf": get_token(request),
        }
    )
    answer["Cache-Control"] = "no-store"
    return answer
