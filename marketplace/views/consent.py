"""`/go/<app>/consent/`: what a person is asked to agree to, their receipts, and taking an agreement back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.identity import signed_in_id
from marketplace.access import app_for, member_page
from marketplace.consent_words import ConsentWords, consents_of
from marketplace.installations import policy_of
from marketplace.neighbours import neighbours
from tenancy.models import MicroApp
from tenancy.roles import MAY_UPLOAD


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def go_consent(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; its button agrees to the words that it showed, or takes the agreement back."""
    app = app_for(request, slug, MAY_UPLOAD)
    asked = consents_of(app, policy_of(app))
    if request.method == "POST":
        _decide(request, app, asked)
        return redirect("go-consent", slug=app.slug)
    person = signed_in_id(request)
    decided = [(words, neighbours().has_agreed(app, person, words)) for words in asked]
    context: dict[str, Any] = {
        "app": app,
        "decided": decided,
        "may_upload": all(agreed for words, agreed in decided if words.is_required),
        "receipts": [(one, _title(one.surface, asked)) for one in neighbours().receipts(app, person)],
    }
    answer = render(request, "marketplace/go_consent.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _decide(request: HttpRequest, app: MicroApp, asked: tuple[ConsentWords, ...]) -> None:
    """Raises Http404 for what is no decision."""
    person, decision = signed_in_id(request), request.POST.get("decision")
    words = next((one for one in asked if one.surface == request.POST.get("surface")), None)
    if words is None or decision not in {"agree", "withdraw"}:
        raise Http404
    if decision == "withdraw":
        neighbours().withdraw_consent(app, person, words.surface)
        messages.success(request, _taken_back(words))
    elif request.POST.get("version") != words.version:
        messages.warning(request, _("The words changed meanwhile. Read them again: nothing was agreed to."))
    else:
        neighbours().agree(app, person, words)
        messages.success(request, _("You agreed. The receipt stands below."))


def _taken_back(words: ConsentWords) -> str:
    if words.is_required:
        return _("Taken back. This app takes nothing from you until you agree again.")
    return _("Taken back. Nothing more of yours goes to %(folder)s until you agree again.") % {"folder": words.title}


def _title(surface: str, asked: tuple[ConsentWords, ...]) -> str:
    """What a receipt is about; one for words that are gone has the name alone."""
    return next((words.title for words in asked if words.surface == surface and words.title), capfirst(surface))
