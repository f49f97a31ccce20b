"""Finding a template, deciding by its Safety facts, making an app of it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_ratelimit.core import is_ratelimited

from kernel.errors import RATE_LIMITED, Problem
from kernel.regions import place_of
from kernel.sizes import in_words
from marketplace.access import member_page, membership_of
from marketplace.consent_words import kept_words
from marketplace.forms import NewAppForm
from marketplace.installing import install
from marketplace.models import TemplateVersion
from marketplace.publishing import current_version, current_versions
from marketplace.safety_facts import safety_facts
from tenancy.models import Membership
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
    version = _version(slug)
    membership = membership_of(request)
    may_create = membership is None or membership.role in MAY_CREATE_APPS
    context = {**_template_context(version), "may_create": may_create}
    return render(request, "marketplace/template_detail.html", context)


@member_page
def app_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Prefilled answers and one button."""
    version, membership = _version(slug), membership_of(request)
    if membership is None or membership.role not in MAY_CREATE_APPS:
        raise Http404
    form = NewAppForm(request.POST or None, document=version.document, workspace=membership.workspace)
    if request.method == "POST" and form.is_valid():
        created = _create(request, form, version, membership)
        if created is not None:
            return created
    status = 422 if form.errors else 200
    return render(request, "marketplace/app_new.html", {**_template_context(version), "form": form}, status=status)


def _create(
    request: HttpRequest, form: NewAppForm, version: TemplateVersion, membership: Membership
) -> HttpResponse | None:
    if is_ratelimited(request, group="create-app", key="user", rate="30/h", increment=True):
        form.add_error(None, Problem(RATE_LIMITED, seconds="3,600").user_message)
        return None
    try:
        app = install(version, membership, form.choices())
    except Problem as problem:
        form.add_error("name" if problem.type.code == "NAME_TAKEN" else None, problem.user_message)
        return None
    return redirect("app", slug=app.slug)


def _version(slug: str) -> TemplateVersion:
    version = current_version(slug)
    if version is None:
        raise Http404
    return version


def _template_context(version: TemplateVersion) -> dict[str, Any]:
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
