"""`/sandbox/`: begin without signing up, come back, see the simulated bill, take an app along to a live workspace."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import auth
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_ratelimit.core import is_ratelimited

from admission.proof_of_work import Purpose, spend
from kernel import clock
from kernel.errors import RATE_LIMITED, Problem
from marketplace import sandbox
from marketplace.access import app_for, member_page, membership_of
from marketplace.sandbox_bill import LONGEST_MONTHS, bill
from marketplace.sandbox_models import GuestSandbox
from tenancy.models import MicroApp
from tenancy.roles import MAY_CREATE_APPS

_COOKIE, _SALT = "sandbox", "gatehouse.sandbox.guest"
_BACKEND = "django.contrib.auth.backends.ModelBackend"
_AN_HOUR = "10/h"
_A_MONTH = 1


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """What a sandbox is, and the button that begins one; for its guest, the way in."""
    if request.method == "POST":
        return _begin(request)
    return _page(request)


@require_POST
def come_back(request: HttpRequest) -> HttpResponse:
    """Let the guest in again whom the signed cookie names; nobody changes from one account to another by it."""
    known = _known(request)
    if known is None or request.user.is_authenticated:
        return redirect("sandbox")
    return _let_in(request, known)


@require_safe
@member_page
def bill_page(request: HttpRequest) -> HttpResponse:
    """What the apps would cost, `?month=` from their beginning; no money is taken."""
    membership = membership_of(request)
    if membership is None or not membership.workspace.is_sandbox:
        raise Http404
    month = _month(request)
    apps = list(MicroApp.objects.filter(workspace=membership.workspace).order_by("created_at"))
    context = {"bill": bill(apps, month), "earlier": month - 1, "later": month + 1, "longest": LONGEST_MONTHS}
    return render(request, "marketplace/sandbox_bill.html", context)


@require_POST
@member_page
def take_along(request: HttpRequest, slug: str) -> HttpResponse:
    """Leave the sandbox with an app's template and choices, to make it live once signed in."""
    app = app_for(request, slug, MAY_CREATE_APPS)
    if not app.workspace.is_sandbox:
        raise Http404
    there = f"{reverse('sandbox-promote')}?{urlencode({'app': sandbox.wish_of(app)})}"
    auth.logout(request)
    return redirect(f"{reverse('account_login')}?{urlencode({'next': there})}")


def _begin(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("apps")
    try:
        spend(request.POST.get("altcha", ""), Purpose.SANDBOX)
    except Problem as problem:
        return _page(request, problem)
    if is_ratelimited(request, group="sandbox", key="ip", rate=_AN_HOUR, increment=True):
        return _page(request, Problem(RATE_LIMITED, seconds="3,600"))
    return _let_in(request, sandbox.begin())


def _page(request: HttpRequest, problem: Problem | None = None) -> HttpResponse:
    membership = membership_of(request)
    if membership is not None and membership.workspace.is_sandbox:
        return redirect("apps")
    context = {"known": _known(request), "problem": problem}
    return render(request, "marketplace/sandbox.html", context, status=problem.type.status if problem else 200)


def _let_in(request: HttpRequest, guest: GuestSandbox) -> HttpResponse:
    left = int((guest.expires_at - clock.now()).total_seconds())
    auth.login(request, guest.user, backend=_BACKEND)
    request.session.set_expiry(left)
    answer = redirect("apps")
    answer.set_signed_cookie(
        _COOKIE,
        str(guest.pk),
        salt=_SALT,
        max_age=left,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


def _known(request: HttpRequest) -> GuestSandbox | None:
    longest = int(sandbox.LIVES.total_seconds())
    named = request.get_signed_cookie(_COOKIE, default="", salt=_SALT, max_age=longest)
    return sandbox.living(named) if named else None


def _month(request: HttpRequest) -> int:
    text = request.GET.get("month", "")
    return min(max(int(text), _A_MONTH), LONGEST_MONTHS) if text.isascii() and text.isdigit() else _A_MONTH
