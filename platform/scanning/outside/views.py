"""A workspace owner's scanners: adding one, trying it, turning it off, removing it."""

import uuid
from collections.abc import Callable, Mapping

import structlog
from celery import current_app
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_ratelimit.core import is_ratelimited
from kombu.exceptions import OperationalError

from kernel.errors import RATE_LIMITED, Problem
from notices.access import actor, member_page, owned_workspace
from scanning.models import OutsideScanner
from scanning.outside import registration
from scanning.outside.forms import ScannerForm
from tenancy.models import Workspace

_log = structlog.get_logger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def scanners(request: HttpRequest, slug: str) -> HttpResponse:
    """The workspace's scanners, and the form of a new one."""
    workspace = owned_workspace(request, slug)
    form = ScannerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        added = _add(request, form, workspace)
        if added is not None:
            return added
    there = OutsideScanner.objects.filter(workspace=workspace).order_by("id")
    context = {"workspace": workspace, "form": form, "scanners": there, "most": registration.MAX_SCANNERS}
    return render(request, "scanning/scanners.html", context, status=422 if form.errors else 200)


def _add(request: HttpRequest, form: ScannerForm, workspace: Workspace) -> HttpResponse | None:
    """The page that shows the secret, once: it is in no session, no cache and no address."""
    if is_ratelimited(request, group="add-scanner", key="user", rate="30/h", increment=True):
        form.add_error(None, Problem(RATE_LIMITED, seconds="3,600").user_message)
        return None
    said = form.cleaned_data
    try:
        scanner, secret = registration.add(
            workspace, said["name"], said["url"], is_asked_always=said["asked"] == "always", actor=actor(request)
        )
    except registration.TooManyScannersError as error:
        form.add_error(None, str(error))
        return None
    except Problem as problem:
        form.add_error(None, problem.user_message)
        return None
    context = {"workspace": workspace, "scanner": scanner, "secret": secret}
    answer = render(request, "scanning/scanner_added.html", context, status=201)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@member_page
def scanner_step(request: HttpRequest, slug: str, scanner_id: uuid.UUID, step: str) -> HttpResponse:
    """One of the buttons beside a scanner."""
    there = OutsideScanner.objects.filter(pk=scanner_id, workspace=owned_workspace(request, slug))
    scanner: OutsideScanner | None = there.first()
    if scanner is None or step not in _STEPS:
        raise Http404
    messages.success(request, _STEPS[step](request, scanner))
    return redirect("scanners", slug=slug)


def _turn_off(request: HttpRequest, scanner: OutsideScanner) -> str:
    registration.turn_off(scanner, actor=actor(request))
    return _("It is off. Files of apps whose template asks for such a scanner wait.")


def _turn_on(request: HttpRequest, scanner: OutsideScanner) -> str:
    registration.turn_on(scanner, actor=actor(request))
    return _("It is on again.")


def _remove(request: HttpRequest, scanner: OutsideScanner) -> str:
    registration.remove(scanner, actor=actor(request))
    return _("The scanner was removed.")


def _test(request: HttpRequest, scanner: OutsideScanner) -> str:
    if is_ratelimited(request, group="test-scanner", key="user", rate="30/h", increment=True):
        return _("There were many tests in this hour already. Nothing was sent.")
    try:
        current_app.send_task(registration.TRY, [str(scanner.tenant_id), str(scanner.pk)])
    except OperationalError:
        _log.warning("scanner_test_not_queued", scanner=str(scanner.pk))
        return _("The test could not be sent. Send it again in a minute.")
    return _("A test file is on its way. Look at this page again in a moment.")


_STEPS: Mapping[str, Callable[[HttpRequest, OutsideScanner], str]] = {
    "off": _turn_off,
    "on": _turn_on,
    "test": _test,
    "remove": _remove,
}
