"""`/platform/controls/template-rate/`: slow down all apps of one template, after a look at whom it reaches."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.identity import signed_in_id
from admission import rules
from admission.models import TemplateLimit
from broker.access import platform_owner_only
from operations import slowing
from operations.forms import LiftingForm, SlowingForm
from tenancy.principals import Principal, user_principal

_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@platform_owner_only
def slowing_page(request: HttpRequest) -> HttpResponse:
    """What is in force and what was; a preview; the limit, once it is confirmed."""
    form = SlowingForm(request.POST or None, initial={"slug": request.GET.get("template", "")})
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if form.errors else 200)
    wanted = form.wanted()
    if "confirm" not in request.POST:
        return _page(request, form, preview=slowing.preview(wanted.slug))
    slowing.slow_down(wanted, actor=_actor(request))
    return redirect("template-rate")


@require_POST
@platform_owner_only
def lift(request: HttpRequest) -> HttpResponse:
    """End a limit before its time."""
    form = LiftingForm(request.POST)
    if not form.is_valid():
        raise Http404
    slowing.lift(form.cleaned_data["slug"], reason="lifted on the page", actor=_actor(request))
    return redirect("template-rate")


def _page(
    request: HttpRequest, form: SlowingForm, *, preview: slowing.Preview | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "preview": preview,
        "now": rules.template_limits_in_force(),
        "before": TemplateLimit.objects.order_by("-set_at", "-id")[:_SHOWN],
    }
    return render(request, "operations/template_rate.html", context, status=status)


def _actor(request: HttpRequest) -> Principal:
    return user_principal(signed_in_id(request))
