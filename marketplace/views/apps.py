"""The list of apps, and an app's overview: its numbers, its uploads in flight, what happened."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.identity import signed_in_id
from marketplace.access import app_for, member_page
from marketplace.app_page import AppPage
from marketplace.cards import template_cards
from marketplace.installations import policy_of
from marketplace.models import Installation
from marketplace.safety_facts import safety_facts
from marketplace.setups import unfinished
from marketplace.versions import newer_than
from tenancy.memberships import workspaces_of
from tenancy.models import MicroApp
from tenancy.roles import MAY_SEE_APP_PAGES


@require_safe
@member_page
def app_list(request: HttpRequest) -> HttpResponse:
    """The apps of the person's workspaces, newest first."""
    workspaces = workspaces_of(signed_in_id(request), MAY_SEE_APP_PAGES)
    installations = Installation.objects.filter(app__workspace__in=workspaces).order_by("-id")
    rows = installations.select_related("app__workspace", "app__quota", "version__template")
    context = {
        "installations": rows,
        "setups": unfinished(signed_in_id(request)),
        "templates": template_cards(),
        "customer_keys": settings.S3_CUSTOMER_KEYS,
    }
    return render(request, "marketplace/app_list.html", context)


@require_safe
@member_page
def app_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole page."""
    app = app_for(request, slug, MAY_SEE_APP_PAGES)
    installation = Installation.objects.select_related("version__template").get(app=app)
    context = {
        **_live_context(request, app),
        "facts": safety_facts(installation.version, installation.region, policy_of(app).document),
        "template": installation.version.document,
        "newer": newer_than(installation),
    }
    return render(request, "marketplace/app_detail.html", context)


@require_safe
@member_page
def app_live(request: HttpRequest, slug: str) -> HttpResponse:
    """The part of the page that changes by itself, as a stream while somebody looks."""
    app = app_for(request, slug, MAY_SEE_APP_PAGES)
    answer = render(request, "marketplace/_app_live.html", _live_context(request, app))
    answer["Cache-Control"] = "no-store"
    answer["Stream-Again"] = "2"
    return answer


def _live_context(request: HttpRequest, app: MicroApp) -> dict[str, Any]:
    return {"app": app, "page": AppPage.of(app, policy_of(app), signed_in_id(request))}
