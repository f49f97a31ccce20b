"""`/apps/<app>/share/`: the link, its QR code, the tag for another website, and the websites that may use it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.identity import signed_in_id
from marketplace.access import app_for, member_page
from marketplace.installations import policy_of
from marketplace.neighbours import neighbours
from marketplace.qr import qr_code
from marketplace.showing import shows_files
from marketplace.views.embed import INTEGRITY
from tenancy.models import MicroApp
from tenancy.principals import user_principal
from tenancy.roles import MAY_CREATE_APPS


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def app_share(request: HttpRequest, slug: str) -> HttpResponse:
    """The page, and the list of websites that it keeps."""
    app = app_for(request, slug, MAY_CREATE_APPS)
    listed = "\n".join(neighbours().websites_of(app.id))
    form = neighbours().websites_form(request.POST or None, initial={"origins": listed})
    if request.method == "POST" and form.is_valid():
        neighbours().keep_websites(app, form.cleaned_data["origins"], user_principal(signed_in_id(request)))
        messages.success(request, _("Saved. It holds within a second."))
        return redirect("app-share", slug=app.slug)
    return _page(request, app, form)


def _page(request: HttpRequest, app: MicroApp, form: forms.Form) -> HttpResponse:
    address = request.build_absolute_uri(reverse("go", args=[app.slug]))
    context: dict[str, Any] = {
        "app": app,
        "form": form,
        "address": address,
        "qr": qr_code(address),
        "script": request.build_absolute_uri(reverse("embed-script")),
        "integrity": INTEGRITY,
        "frame": request.build_absolute_uri(reverse("go-embed", args=[app.slug])),
        "gallery": request.build_absolute_uri(reverse("gallery", args=[app.slug]))
        if shows_files(policy_of(app))
        else "",
        "websites": neighbours().websites_of(app.id),
    }
    return render(request, "marketplace/app_share.html", context, status=422 if form.errors else 200)
