"""`/apps/<app>/requests/`: what was asked of the owner, deciding it in place, and asking for something."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity import signed_in_id
from kernel.errors import Problem
from kernel.language import said
from marketplace import requests
from marketplace.access import app_for, is_owner_of, member_page
from marketplace.app_forms import AskForm, DecisionForm
from marketplace.installations import policy_of
from marketplace.models import AppRequest
from marketplace.requests import AlreadyAskedError, AlreadyDecidedError
from marketplace.setting_rows import owners_of, permission_rows
from tenancy.models import MicroApp
from tenancy.roles import MAY_ADMINISTER, MAY_CREATE_APPS

_SHOWN = 100


@require_safe
@member_page
def app_requests(request: HttpRequest, slug: str) -> HttpResponse:
    """Those that wait first, then the newest."""
    app = app_for(request, slug, MAY_CREATE_APPS)
    rows = _of(app)
    waiting = [(row, str(requests.wish_of(row))) for row in rows.filter(state=AppRequest.State.WAITING)]
    decided = [(row, str(requests.wish_of(row))) for row in rows.exclude(state=AppRequest.State.WAITING)[:_SHOWN]]
    context = {
        "app": app,
        "waiting": waiting,
        "decided": decided,
        "is_owner": is_owner_of(request, app),
        "owners": owners_of(app.workspace_id),
        "kinds": AppRequest.Kind.choices if permission_rows(policy_of(app)) else AppRequest.Kind.choices[:-1],
        "viewer": signed_in_id(request),
    }
    return render(request, "marketplace/app_requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def app_request_new(request: HttpRequest, slug: str) -> HttpResponse:
    """One wish, prefilled from where somebody came from."""
    app = app_for(request, slug, MAY_CREATE_APPS)
    kind = _kind(request)
    form = _ask_form(request, app, kind)
    if request.method == "POST" and form.is_valid():
        try:
            requests.ask(app, signed_in_id(request), form.wish())
        except AlreadyAskedError as error:
            messages.warning(request, str(error))
        else:
            messages.success(
                request, _("%(owners)s was asked, and hears of it by e-mail.") % {"owners": owners_of(app.workspace_id)}
            )
        return redirect("app-requests", slug=app.slug)
    context = {"app": app, "form": form, "kind": kind, "owners": owners_of(app.workspace_id)}
    return render(request, "marketplace/app_request_new.html", context, status=422 if form.errors else 200)


@require_POST
@member_page
def app_request_decide(request: HttpRequest, slug: str, request_id: uuid.UUID) -> HttpResponse:
    """An owner approves or declines."""
    app = app_for(request, slug, MAY_ADMINISTER)
    form = DecisionForm(request.POST)
    if not form.is_valid() or not _of(app).filter(pk=request_id).exists():
        raise Http404
    decide = requests.approve if form.cleaned_data["decision"] == "approve" else requests.decline
    answer = form.cleaned_data["answer"]
    return _answered(request, app, lambda: decide(request_id, signed_in_id(request), answer))


@require_POST
@member_page
def app_request_withdraw(request: HttpRequest, slug: str, request_id: uuid.UUID) -> HttpResponse:
    """Who asked takes it back."""
    app = app_for(request, slug, MAY_CREATE_APPS)
    if not _of(app).filter(pk=request_id, asked_by_id=signed_in_id(request)).exists():
        raise Http404
    return _answered(request, app, lambda: requests.withdraw(request_id, signed_in_id(request)))


def _answered(request: HttpRequest, app: MicroApp, decide: Callable[[], AppRequest]) -> HttpResponse:
    try:
        decided = decide()
    except AlreadyDecidedError as error:
        messages.warning(request, str(error))
    except Problem as problem:
        messages.error(request, problem.user_message)
    else:
        messages.success(request, _outcome(decided))
    return redirect("app-requests", slug=app.slug)


def _outcome(decided: AppRequest) -> str:
    kind, state = AppRequest.Kind(decided.kind), AppRequest.State(decided.state)
    return f"{said(kind.label)}: {said(state.label.lower())}."


def _of(app: MicroApp) -> "QuerySet[AppRequest]":
    rows: QuerySet[AppRequest] = AppRequest.objects.filter(app=app).select_related("asked_by", "decided_by", "app")
    return rows.order_by("-id")


def _kind(request: HttpRequest) -> AppRequest.Kind:
    """Raises Http404 for what can't be asked for."""
    try:
        return AppRequest.Kind(request.GET.get("kind", AppRequest.Kind.SPACE))
    except ValueError as error:
        raise Http404 from error


def _ask_form(request: HttpRequest, app: MicroApp, kind: AppRequest.Kind) -> AskForm:
    """Raises Http404 where every permission is given already."""
    offered = [(row.action, said(row.words)) for row in permission_rows(policy_of(app)) if not row.is_allowed]
    if kind == AppRequest.Kind.PERMISSION and not offered:
        raise Http404
    wanted = {"wanted": request.GET["wanted"]} if "wanted" in request.GET else {}
    form = AskForm(request.POST or None, kind=kind, current=requests.current(app, kind), permissions=offered)
    form.initial.update(wanted)
    return form
