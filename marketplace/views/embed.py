"""`/go/<app>/embed/`: the upload box in a frame of a website that the app's people listed, and of no other.

Another site's frame carries no session, so there it is one button that opens the upload page; on the same site
(photos.example.com beside gatehouse.example.com) it is the box itself.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.identity import signed_in_id
from marketplace.installations import policy_of
from marketplace.neighbours import neighbours
from marketplace.views.go import upload_limits
from tenancy.addresses import app_id_of_slug
from tenancy.memberships import workspaces_of
from tenancy.models import MicroApp
from tenancy.roles import MAY_UPLOAD


@require_safe
def go_embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The frame. What browsers are told of who may show it is the list that the API's answers keep to."""
    app_id = app_id_of_slug(slug)
    if app_id is None:
        raise Http404
    app = _app_of_theirs(request, slug)
    context = {"app": app, "slug": slug, "limits": upload_limits(policy_of(app)) if app else None}
    answer = render(request, "marketplace/go_embed.html", context)
    websites = neighbours().websites_of(app_id)
    answer.xframe_options_exempt = True  # Django's own mark; the CSP says who may
    ancestors = ["'self'", *websites] if websites else ["'none'"]
    answer._csp_replace = {"frame-ancestors": ancestors}  # type: ignore[attr-defined]  # noqa: SLF001 - as its decorator
    answer["Cache-Control"] = "no-store"
    return answer


def _app_of_theirs(request: HttpRequest, slug: str) -> MicroApp | None:
    """The app, for somebody who is signed in and may upload to it; nobody else learns anything of it."""
    if getattr(request, "membership", None) is None:
        return None
    workspaces = workspaces_of(signed_in_id(request), MAY_UPLOAD)
    found: MicroApp | None = MicroApp.objects.filter(slug=slug, workspace__in=workspaces).first()
    return found
