"""`/platform/controls/token-life/`: one write that shortens every token's life, those given out already too."""

import datetime as dt

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.identity import signed_in_id
from broker import token_life
from broker.access import platform_owner_only
from broker.forms import TokenLifeForm
from tenancy.principals import user_principal


@require_http_methods(["GET", "HEAD", "POST"])
@platform_owner_only
def token_life_page(request: HttpRequest) -> HttpResponse:
    """What holds now; a preview of a cut; the cut, once it is confirmed."""
    form = TokenLifeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, 422 if form.errors else 200)
    wanted = form.cleaned_data
    if "confirm" not in request.POST:
        return _page(request, form, preview=token_life.preview(wanted["seconds"]))
    with transaction.atomic():
        token_life.cut(
            wanted["seconds"],
            lasts=dt.timedelta(hours=wanted["hours"]),
            reason=wanted["reason"],
            actor=user_principal(signed_in_id(request)),
        )
    return redirect("token-life")


@require_POST
@platform_owner_only
def lift(request: HttpRequest) -> HttpResponse:
    """End the cut before its time."""
    with transaction.atomic():
        token_life.lift(actor=user_principal(signed_in_id(request)))
    return redirect("token-life")


def _page(
    request: HttpRequest, form: TokenLifeForm, status: int = 200, preview: token_life.Preview | None = None
) -> HttpResponse:
    context = {"form": form, "preview": preview, "now": token_life.current()}
    return render(request, "broker/token_life.html", context, status=status)
