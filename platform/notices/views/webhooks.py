"""A workspace owner's webhooks: adding one, what it missed, sending that again, turning it off."""

import uuid
from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST
from django_ratelimit.core import is_ratelimited

from kernel.errors import RATE_LIMITED, Problem
from notices import endpoints
from notices.access import actor, member_page, owned_endpoint, owned_workspace
from notices.forms import KindsForm, WebhookForm
from notices.models import Delivery, WebhookEndpoint
from tenancy.models import Workspace

_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def webhook_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The workspace's webhooks, and the form of a new one."""
    workspace = owned_workspace(request, slug)
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        added = _add(request, form, workspace)
        if added is not None:
            return added
    there = WebhookEndpoint.objects.filter(workspace=workspace).order_by("id")
    context = {"workspace": workspace, "form": form, "endpoints": there, "most": endpoints.MAX_ENDPOINTS}
    return render(request, "notices/webhook_list.html", context, status=422 if form.errors else 200)


def _add(request: HttpRequest, form: WebhookForm, workspace: Workspace) -> HttpResponse | None:
    """The page that shows the secret, once: it is in no session, no cache and no address."""
    if is_ratelimited(request, group="add-webhook", key="user", rate="30/h", increment=True):
        form.add_error(None, Problem(RATE_LIMITED, seconds="3,600").user_message)
        return None
    try:
        endpoint, secret = endpoints.add(workspace, form.cleaned_data["url"], form.chosen(), actor=actor(request))
    except endpoints.TooManyEndpointsError as error:
        form.add_error(None, str(error))
        return None
    except Problem as problem:
        form.add_error("url", problem.user_message)
        return None
    context = {"workspace": workspace, "endpoint": endpoint, "secret": secret}
    answer = render(request, "notices/webhook_added.html", context, status=201)
    answer["Cache-Control"] = "no-store"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def webhook_detail(request: HttpRequest, slug: str, endpoint_id: uuid.UUID) -> HttpResponse:
    """What it is told of, what it missed, what it got; a POST chooses anew what it is told of."""
    endpoint = owned_endpoint(request, slug, endpoint_id)
    form = KindsForm(request.POST or None, initial={"kinds": endpoint.kinds})
    if request.method == "POST" and form.is_valid():
        endpoints.change_kinds(endpoint, form.chosen(), actor=actor(request))
        messages.success(request, _("Saved."))
        return redirect("webhook", slug=slug, endpoint_id=endpoint_id)
    sent = endpoints.sent_to(endpoint).order_by("-id")
    context = {
        "workspace": endpoint.workspace,
        "endpoint": endpoint,
        "form": form,
        "missed": sent.filter(state=Delivery.State.DEAD)[:_SHOWN],
        "missed_count": endpoints.missed_by(endpoint),
        "sent": sent.exclude(state=Delivery.State.DEAD)[:_SHOWN],
    }
    return render(request, "notices/webhook_detail.html", context, status=422 if form.errors else 200)


@require_POST
@member_page
def webhook_step(request: HttpRequest, slug: str, endpoint_id: uuid.UUID, step: str) -> HttpResponse:
    """One of the buttons on a webhook's page."""
    endpoint = owned_endpoint(request, slug, endpoint_id)
    if step not in _STEPS:
        raise Http404
    messages.success(request, _STEPS[step](request, endpoint))
    if step == "remove":
        return redirect("webhooks", slug=slug)
    return redirect("webhook", slug=slug, endpoint_id=endpoint_id)


@require_POST
@member_page
def delivery_again(request: HttpRequest, slug: str, endpoint_id: uuid.UUID, delivery_id: uuid.UUID) -> HttpResponse:
    """Send one thing that it missed again."""
    endpoint = owned_endpoint(request, slug, endpoint_id)
    missed = endpoints.sent_to(endpoint).filter(pk=delivery_id).first()
    if missed is None:
        raise Http404
    if endpoints.send_again(missed, actor=actor(request)):
        messages.success(request, _("It is being sent again."))
    return redirect("webhook", slug=slug, endpoint_id=endpoint_id)


def _turn_off(request: HttpRequest, endpoint: WebhookEndpoint) -> str:
    endpoints.turn_off(endpoint, actor=actor(request))
    return _("It is off. What happens meanwhile is not sent to it.")


def _turn_on(request: HttpRequest, endpoint: WebhookEndpoint) -> str:
    endpoints.turn_on(endpoint, actor=actor(request))
    return _("It is on again.")


def _test(request: HttpRequest, endpoint: WebhookEndpoint) -> str:
    if is_ratelimited(request, group="test-webhook", key="user", rate="30/h", increment=True):
        return _("There were many tests in this hour already. Nothing was sent.")
    endpoints.send_test(endpoint)
    return _("A test is on its way. Look at this page again in a moment.")


def _again(request: HttpRequest, endpoint: WebhookEndpoint) -> str:
    count = endpoints.send_all_again(endpoint, actor=actor(request))
    return ngettext("%(count)s notice is sent again.", "%(count)s notices are sent again.", count) % {"count": count}


def _remove(request: HttpRequest, endpoint: WebhookEndpoint) -> str:
    endpoints.remove(endpoint, actor=actor(request))
    return _("The webhook was removed.")


_STEPS: Mapping[str, Callable[[HttpRequest, WebhookEndpoint], str]] = {
    "off": _turn_off,
    "on": _turn_on,
    "test": _test,
    "again": _again,
    "remove": _remove,
}
