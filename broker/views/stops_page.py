"""`/platform/controls/access/`: end a template's, a tenant's or all access at once, after a look at what it reaches."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.identity import signed_in_user
from admission.models import Level, Revocation
from broker.access import platform_owner_only
from broker.forms import StopForm
from broker.revocation import OF_THE_PLATFORM, Stop
from broker.stopping import Reached, reached_by, stop_for_platform
from kernel.errors import Problem

_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@platform_owner_only
def stops_page(request: HttpRequest) -> HttpResponse:
    """What was stopped before; a preview; the stop, once it is confirmed."""
    form = StopForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if form.errors else 200)
    wanted = Stop(Level(form.cleaned_data["level"]), form.cleaned_data["subject"], form.cleaned_data["reason"])
    try:
        if "confirm" not in request.POST:
            return _page(request, form, reached=reached_by(wanted))
        with transaction.atomic():
            stop_for_platform(signed_in_user(request), wanted)
    except Problem:
        form.add_error("subject", _("There is nothing under that name."))
        return _page(request, form, status=422)
    return redirect("stops")


def _page(request: HttpRequest, form: StopForm, *, reached: Reached | None = None, status: int = 200) -> HttpResponse:
    before = Revocation.objects.filter(level__in=[str(level) for level in OF_THE_PLATFORM]).order_by("-id")[:_SHOWN]
    return render(request, "broker/stops.html", {"form": form, "reached": reached, "before": before}, status=status)
