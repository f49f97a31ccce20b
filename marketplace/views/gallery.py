"""`/apps/<app>/gallery/`: its people look at files and say which of them anyone may open."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.identity import signed_in_id
from kernel.errors import Problem
from kernel.identifiers import parse_id
from marketplace.access import app_for, member_page
from marketplace.installations import policy_of
from marketplace.showing import decide, hidden_files, shown_files, shows_files
from policy.classification import PROTECTED
from tenancy.models import MicroApp
from tenancy.principals import user_principal
from tenancy.roles import MAY_CREATE_APPS

_MOST = 60


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def app_gallery(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits for somebody's look, and what is shown. Raises Http404 for an app that shows nothing to anyone."""
    app = app_for(request, slug, MAY_CREATE_APPS)
    policy = policy_of(app)
    if not shows_files(policy):
        raise Http404
    if request.method == "POST":
        return _decided(request, app)
    context = {
        "app": app,
        "hidden": hidden_files(app, policy)[:_MOST],
        "shown": shown_files(app, policy)[:_MOST],
        "protected": PROTECTED,
        "looked_at_first": policy.document.public_read == "after_review",
        "address": request.build_absolute_uri(reverse("gallery", args=[app.slug])),
    }
    return render(request, "marketplace/app_gallery.html", context)


def _decided(request: HttpRequest, app: MicroApp) -> HttpResponse:
    file_id, is_shown = parse_id(request.POST.get("file", "")), request.POST.get("decision") == "show"
    if file_id is None:
        raise Http404
    try:
        stored = decide(app, file_id, is_shown=is_shown, actor=user_principal(signed_in_id(request)))
    except Problem as error:
        raise Http404 from error
    words = _("Anyone with the link can see %(name)s now.") if is_shown else _("%(name)s is hidden from everyone now.")
    messages.success(request, words % {"name": stored.name})
    return redirect("app-gallery", slug=app.slug)
