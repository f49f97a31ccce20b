"""`/apps/<app>/keeping/`: how long files stay, what a change would touch, and legal holds."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.identity import signed_in_id
from kernel.errors import Problem
from kernel.sizes import in_words
from lifecycle import holds, keeping
from lifecycle.access import app_to_keep
from lifecycle.binding import being_let_go
from lifecycle.forms import ArchivingForm, HoldForm, KeepingForm
from lifecycle.preview import Preview, preview
from storage.models import Keeping, LegalHold
from storage.term_words import beside_the_end, in_lines
from tenancy.models import MicroApp
from tenancy.principals import Principal, user_principal

_FIELDS = {"/delete_after_days": "days", "/archive_after_days": "archive_days"}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def keeping_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What holds now; what a change would touch; the change, once it is confirmed."""
    app = app_to_keep(request, slug)
    form = _keeping_form(app, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, app, form=form if request.method == "POST" else None)
    days, archive_days = form.cleaned_data["days"], form.cleaned_data.get("archive_days")
    if "confirm" not in request.POST:
        return _page(request, app, form=form, looked=preview(app, days, archive_days))
    try:
        keeping.change(app, days, archive_days, actor=_actor(request))
    except Problem as problem:
        form.add_error(_FIELDS[problem.errors[0].pointer], problem.errors[0].detail)
        return _page(request, app, form=form)
    return redirect("keeping", slug=app.slug)


@require_POST
@login_required
def place_hold(request: HttpRequest, slug: str) -> HttpResponse:
    """Hold everything of the app."""
    app = app_to_keep(request, slug)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return _page(request, app, hold_form=form)
    holds.place(app, None, reason=form.cleaned_data["reason"], actor=_actor(request))
    return redirect("keeping", slug=app.slug)


@require_POST
@login_required
def lift_hold(request: HttpRequest, slug: str, hold_id: uuid.UUID) -> HttpResponse:
    """End one hold, with the reason on the record."""
    app = app_to_keep(request, slug)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return _page(request, app, hold_form=form)
    try:
        holds.lift(app, hold_id, reason=form.cleaned_data["reason"], actor=_actor(request))
    except Problem as problem:
        raise Http404 from problem
    return redirect("keeping", slug=app.slug)


def _keeping_form(app: MicroApp, data: QueryDict | None) -> KeepingForm:
    """With a second number where the template archives."""
    rule = Keeping.objects.filter(app=app).first()
    if rule is None:
        return KeepingForm(data)
    initial = {"days": rule.delete_after_days, "archive_days": rule.archive_after_days}
    return (ArchivingForm if rule.latest_archive_days else KeepingForm)(data, initial=initial)


def _page(
    request: HttpRequest,
    app: MicroApp,
    *,
    form: KeepingForm | None = None,
    hold_form: HoldForm | None = None,
    looked: Preview | None = None,
) -> HttpResponse:
    rule = Keeping.objects.filter(app=app).first()
    wrong = bool((form and form.errors) or (hold_form and hold_form.errors))
    context = {
        "app": app,
        "rule": rule,
        "form": form or _keeping_form(app, None),
        "hold_form": hold_form or HoldForm(auto_id="hold_%s"),
        "preview": looked,
        "deleted_words": in_words(looked.deleted_now_bytes) if looked else "",
        "beside": beside_the_end(rule.rules) if rule else (),
        "by_label": in_lines(rule.by_label, rule.rules) if rule else (),
        "holds": LegalHold.objects.filter(app=app).order_by("lifted_at", "-id")[:50],
        "being_let_go": being_let_go(app.id),
    }
    return render(request, "lifecycle/keeping.html", context, status=422 if wrong else 200)


def _actor(request: HttpRequest) -> Principal:
    return user_principal(signed_in_id(request))
