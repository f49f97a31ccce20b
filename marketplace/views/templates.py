"""Finding a template, deciding by its Safety facts, making an app of it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kernel.regions import place_of
from kernel.sizes import in_words
from marketplace.access import membership_of
from marketplace.consent_words import kept_words
from marketplace.models import TemplateVersion
from marketplace.publishing import current_version, current_versions
from marketplace.safety_facts import safety_facts
from tenancy.roles import MAY_CREATE_APPS


def home(request: HttpRequest) -> HttpResponse:
    """Start here, or go on with what one has."""
    if request.user.is_authenticated:
        return redirect("apps")
    return render(request, "marketplace/home.html", {"templates": template_cards()})


def template_list(request: HttpRequest) -> HttpResponse:
    """The catalogue."""
    return render(request, "marketplace/template_list.html", {"templates": template_cards()})


def template_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One template and its Safety facts."""
    version = version_in_catalogue(slug)
    membership = membership_of(request)
    may_create = membership is None or membership.role in MAY_CREATE_APPS
    context = {**template_context(version), "may_create": may_create}
    return render(request, "marketplace/template_detail.html", context)


def version_in_catalogue(slug: str) -> TemplateVersion:
    """The version that new apps are made from. Raises Http404."""
    version = current_version(slug)
    if version is None:
        raise Http404
    return version


def template_context(version: TemplateVersion) -> dict[str, Any]:
    """The document and its Safety facts."""
    return {"template": version.document, "facts": safety_facts(version)}


def template_cards() -> list[dict[str, str]]:
    """Each template in a few words."""
    return [_card(version) for version in current_versions()]


def _card(version: TemplateVersion) -> dict[str, str]:
    document = version.document
    return {
        "slug": document.slug,
        "name": document.name,
        "summary": document.summary,
        "version": document.version,
        "type_words": document.uploads.type_words,
        "max_words": in_words(document.uploads.max_bytes),
        "place_words": " · ".join(place_of(code) for code in document.regions),
        "kept_words": kept_words(document.lifecycle),
        "cost_words": safety_facts(version).cost_words,
    }
