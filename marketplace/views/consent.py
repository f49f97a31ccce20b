"""`/go/<app>/consent/`: what a person is asked to agree to, their receipts, and taking an agreement back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.identity import signed_in_id
from marketplace.access import app_for, member_page
from marketplace.consent_words import ConsentWords, consent_words
from marketplace.installations import policy_of
from marketplace.neighbours import neighbours
from tenancy.models import MicroApp
from tenancy.roles import MAY_UPLOAD


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def go_consent(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; its button agrees to the words that it showed, or takes the agreement back."""
    app = app_for(request, slug, MAY_UPLOAD)
    words = consent_words(app, policy_of(app))
    if request.method == "POST":
        _decide(request, app, words)
        return redirect("go-consent", slug=app.slug)
    person = signed_in_id(request)
    context: dict[str, Any] = {
        "app": app,
        "words": words,
        "agreed": neighbours().has_agreed(app, person, words),
        "receipts": neighbours().receipts(app, person),
    }
    answer = render(request, "marketplace/go_consent.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _decide(request: HttpRequest, app: MicroApp, words: ConsentWords) -> None:
    """Raises Http404 for what is no decision."""
    person, decision = signed_in_id(request), request.POST.get("decision")
    if decision == "withdraw":
        neighbours().withdraw_consent(app, person, words.surface)
        messages.success(request, _("Taken back. This app takes nothing from you until you agree again."))
    elif decision != "agree":
        raise Http404
    elif request.POST.get("version") != words.version:
        messages.warning(request, _("The words changed meanwhile. Read them again: nothing was agreed to."))
    else:
        neighbours().agree(app, person, words)
        messages.success(request, _("You agreed. The receipt stands below."))
