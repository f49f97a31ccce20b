"""Finding a template, and deciding about it by its Safety facts, its audit and what changed."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kernel.errors import TEMPLATE_REFUSED, Problem
from marketplace.access import membership_of
from marketplace.cards import template_cards
from marketplace.catalogue_search import CatalogueForm
from marketplace.models import TemplateVersion
from marketplace.publishing import current_version
from marketplace.version_page import alternatives, version_page
from marketplace.vetting import distrust_of
from policy.rego import bundles
from tenancy.roles import MAY_CREATE_APPS


@require_safe
def template_list(request: HttpRequest) -> HttpResponse:
    """The catalogue, and what of it fits the address."""
    form, cards = CatalogueForm(request.GET), template_cards()
    context = {
        "form": form,
        "templates": form.matching(cards),
        "count": len(cards),
        "is_filtered": bool(form.wanted),
        "may_create": _may_create(request),
    }
    return render(request, "marketplace/template_list.html", context)


@require_safe
def template_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """The version that new apps are made from; where there is none, why, and what else there is."""
    sisters = _versions(slug)
    current = current_version(slug)
    return _page(request, current or sisters[0], sisters, current)


@require_safe
def template_version(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """One version, whether apps are still made from it or not."""
    sisters = _versions(slug)
    return _page(request, _numbered(sisters, number), sisters, current_version(slug))


@require_safe
def template_bundle(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """The version's own rules as an OPA bundle. Raises Http404 for one without, and one that can't be trusted."""
    version = _numbered(_versions(slug), number)
    if distrust_of(version) or not version.document.rego:
        raise Http404
    answer = HttpResponse(bundles.write(version.document.rego), content_type="application/gzip")
    answer["Content-Disposition"] = f'attachment; filename="{slug}-{version.version}.tar.gz"'
    return answer


def _versions(slug: str) -> list[TemplateVersion]:
    """All versions of a template, newest first. Raises Http404 where there is none."""
    rows = TemplateVersion.objects.filter(template__slug=slug).select_related("template", "review__decided_by")
    if not (found := list(rows.order_by("-published_at", "-id"))):
        raise Http404
    return found


def _numbered(sisters: Sequence[TemplateVersion], number: str) -> TemplateVersion:
    found = next((one for one in sisters if one.version == number), None)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest,
    version: TemplateVersion,
    sisters: Sequence[TemplateVersion],
    current: TemplateVersion | None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "version": version,
        "sisters": sisters,
        "current": current,
        "is_current": current == version,
        "is_staff": request.user.is_authenticated and request.user.is_staff,
        "may_create": _may_create(request),
    }
    if distrust_of(version):
        return _refused(request, context, version)
    page = version_page(version, sisters)
    if version.withdrawn_at is not None and not context["is_staff"]:
        context["others"] = alternatives(page.document, version.template.slug)
    context |= {"page": page, "template": page.document, "facts": page.facts}
    return render(request, "marketplace/template_detail.html", context)


def _refused(request: HttpRequest, context: dict[str, Any], version: TemplateVersion) -> HttpResponse:
    """The row isn't what was published: nothing of what it says is shown but its address."""
    why = "It is not what was published."
    context["problem"] = Problem(TEMPLATE_REFUSED, name=version.template.slug, why=why)
    context["others"] = alternatives(None, version.template.slug)
    return render(request, "marketplace/template_refused.html", context, status=409)


def _may_create(request: HttpRequest) -> bool:
    """Whether the button makes sense: to who isn't signed in it does, since they may once they are."""
    membership = membership_of(request)
    if membership is None:
        return not request.user.is_authenticated
    return membership.role in MAY_CREATE_APPS
