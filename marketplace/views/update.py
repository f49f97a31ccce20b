"""`/apps/<app>/update/`: what another version changes, moving to it, and taking the last move back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.identity import signed_in_id
from kernel.errors import Problem
from marketplace import versions
from marketplace.access import app_for, member_page
from marketplace.differences import differences
from marketplace.models import Installation, TemplateVersion
from tenancy.memberships import in_workspace
from tenancy.models import Membership, MicroApp
from tenancy.roles import MAY_CREATE_APPS, MAY_SEE_APP_PAGES


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def app_update(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; its button moves the app to the version that the page showed, and to no other."""
    roles = MAY_CREATE_APPS if request.method == "POST" else MAY_SEE_APP_PAGES
    app = app_for(request, slug, roles)
    if request.method != "POST":
        return _page(request, app)
    version = _named(app, request.POST.get("version", ""))
    try:
        versions.upgrade(app, version, _membership(request, app), agreed=request.POST.get("agreed") == "yes")
    except Problem as problem:
        return _page(request, app, problem=problem.user_message)
    messages.success(
        request, _("%(app)s is at version %(version)s now.") % {"app": app.name, "version": version.version}
    )
    return redirect("app-settings", slug=app.slug)


@require_POST
@member_page
def app_go_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the last upgrade back."""
    app = app_for(request, slug, MAY_CREATE_APPS)
    try:
        change = versions.rollback(app, _membership(request, app))
    except Problem as problem:
        return _page(request, app, problem=problem.user_message)
    messages.success(
        request, _("%(app)s is back at version %(version)s.") % {"app": app.name, "version": change.after.version}
    )
    return redirect("app-settings", slug=app.slug)


def _page(request: HttpRequest, app: MicroApp, problem: str = "") -> HttpResponse:
    installation = Installation.objects.select_related("version__template").get(app=app)
    newer, last = versions.newer_than(installation), versions.last_change(app)
    changes = versions.preview(installation, newer) if newer else ()
    membership = in_workspace(signed_in_id(request), app.workspace_id)
    context: dict[str, Any] = {
        "app": app,
        "problem": problem,
        "installed": installation.version,
        "newer": newer,
        "changes": changes,
        "is_wider": any(one.widens for one in changes),
        "asks_again": versions.asks_again(installation.version.document, newer.document) if newer else False,
        "last": last,
        "last_changes": differences(last.before.document, last.after.document) if last else (),
        "can_go_back": versions.can_go_back(app),
        "may_change": membership is not None and membership.role in MAY_CREATE_APPS,
    }
    return render(request, "marketplace/app_update.html", context, status=409 if problem else 200)


def _named(app: MicroApp, number: str) -> TemplateVersion:
    """Raises Http404 for a version that isn't of the app's template."""
    template = Installation.objects.get(app=app).version.template_id
    found = TemplateVersion.objects.filter(template_id=template, version=number).select_related("template").first()
    if found is None:
        raise Http404
    return found


def _membership(request: HttpRequest, app: MicroApp) -> Membership:
    """Raises Http404 for nobody's."""
    membership = in_workspace(signed_in_id(request), app.workspace_id)
    if membership is None:
        raise Http404
    return membership
