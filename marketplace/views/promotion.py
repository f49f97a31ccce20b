"""`/sandbox/promote/`: an app that was tried in a sandbox becomes a live one, in the workspace of who signed in."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from kernel.errors import Problem
from marketplace import sandbox
from marketplace.access import member_page, membership_of
from marketplace.installing import Choices, install
from marketplace.models import TemplateVersion
from marketplace.publishing import current_version
from marketplace.safety_facts import safety_facts
from policy.actions import Action
from tenancy.models import Membership
from tenancy.roles import MAY_CREATE_APPS


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def promote(request: HttpRequest) -> HttpResponse:
    """What comes along, and the button. It is what was signed in the sandbox, within what the template allows now."""
    membership = membership_of(request)
    if membership is None or membership.workspace.is_sandbox or membership.role not in MAY_CREATE_APPS:
        raise Http404
    signed = request.POST.get("app", "") or request.GET.get("app", "")
    wish, version = _wish(signed)
    problem = None
    if request.method == "POST":
        try:
            return redirect("app", slug=_install(wish, version, membership).slug)
        except Problem as refused:
            problem = refused
    context = {
        "app": signed,
        "name": request.POST.get("name", "") or wish["name"],
        "template": version.document,
        "facts": safety_facts(version),
        "problem": problem,
        "workspace": membership.workspace,
    }
    return render(request, "marketplace/sandbox_promote.html", context, status=problem.type.status if problem else 200)


def _wish(signed: str) -> tuple[dict[str, Any], TemplateVersion]:
    wish = sandbox.wished(signed)
    version = current_version(str(wish["template"])) if wish else None
    if wish is None or version is None:
        raise Http404
    return wish, version


def _install(wish: dict[str, Any], version: TemplateVersion, membership: Membership) -> Any:
    extra = frozenset(Action(name) for name in wish["extra"])
    return install(version, membership, Choices(str(wish["name"]), str(wish["region"]), extra))
