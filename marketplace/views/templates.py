"""Starting here, and making an app of a template."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from marketplace.cards import template_cards
from marketplace.models import TemplateVersion
from marketplace.publishing import current_version
from marketplace.safety_facts import safety_facts


def home(request: HttpRequest) -> HttpResponse:
    """Start here, or go on with what one has."""
    if request.user.is_authenticated:
        return redirect("apps")
    return render(request, "marketplace/home.html", {"templates": template_cards()})


def version_in_catalogue(slug: str) -> TemplateVersion:
    """The version that new apps are made from. Raises Http404."""
    version = current_version(slug)
    if version is None:
        raise Http404
    return version


def template_context(version: TemplateVersion) -> dict[str, Any]:
    """The document and its Safety facts."""
    return {"template": version.document, "facts": safety_facts(version)}
