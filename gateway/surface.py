"""What the upload element of an app's page asks for: the app's limits, its words of consent, where to call."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_safe

from accounts.identity import signed_in_id
from broker.consents import agreed_to
from gateway.grants import needed
from kernel.language import said
from kernel.regions import place_of
from marketplace.consent_words import ConsentWords, consents_of
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
    words = consents_of(app, policy)
    visiting = visit(request, app)
    given = agreed_to(app, signed_in_id(request), [needed(one) for one in words]) if visiting is None else ()
    agreed = {one.version for one in given}
    consent, *surfaces = (_asked(one, is_agreed=one.version in agreed) for one in words)
    answer = JsonResponse(
        {
            "app": {"id": app.publishable_id, "name": app.name},
            "workspace": app.workspace.name,
            "limits": upload_limits(policy),
            "place": said(place_of(policy.region)),
            "consent": consent,
            "surfaces": surfaces,
            "endpoints": _ENDPOINTS,
            "visitor": visiting,
            "csrf": get_token(request),
        }
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _asked(words: ConsentWords, *, is_agreed: bool) -> dict[str, Any]:
    """What a person is asked, of the whole app or of a folder."""
    return {
        "surface": words.surface,
        "version": words.version,
        "lines": list(words.lines),
        "agreed": is_agreed,
        "required": words.is_required,
        "folder": words.folder,
        "title": words.title,
    }
