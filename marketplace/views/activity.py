"""`/apps/<app>/activity/`: the trail, live and as a table.

Live by the door, which looks again for whoever watches: no thread is held by an open page, and each look runs in its
tenant's own transaction.
"""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_ratelimit.core import is_ratelimited

from accounts.identity import signed_in_id
from kernel import clock
from kernel.errors import RATE_LIMITED, Problem
from kernel.identifiers import parse_id
from marketplace import trail
from marketplace.access import app_for, member_page
from marketplace.app_forms import ActivityForm
from tenancy.models import MicroApp
from tenancy.roles import MAY_SEE_APP_PAGES


@require_safe
@member_page
def app_activity(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; the filter stands in its address."""
    app = app_for(request, slug, MAY_SEE_APP_PAGES)
    context = _context(request, app)
    status = 422 if context["form"].errors else 200
    return render(request, "marketplace/app_activity.html", context, status=status)


@require_safe
@member_page
def app_activity_live(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest page of the trail, as a stream while somebody looks."""
    app = app_for(request, slug, MAY_SEE_APP_PAGES)
    answer = render(request, "marketplace/_trail.html", _context(request, app))
    answer["Cache-Control"] = "no-store"
    answer["Stream-Again"] = "2"
    return answer


@require_safe
@member_page
def app_activity_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The same trail as a table."""
    app = app_for(request, slug, MAY_SEE_APP_PAGES)
    if is_ratelimited(request, group="activity-csv", key="user", rate="30/h", increment=True):
        message = Problem(RATE_LIMITED, seconds="3,600").user_message
        return HttpResponse(
            message, status=429, content_type="text/plain; charset=utf-8", headers={"Retry-After": 3600}
        )
    table = trail.as_csv(app, signed_in_id(request), ActivityForm(request.GET).wanted())
    answer = HttpResponse(table.encode("utf-8-sig"), content_type="text/csv; charset=utf-8; header=present")
    answer["Content-Disposition"] = f'attachment; filename="{app.slug}-activity-{clock.now():%Y-%m-%d}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _context(request: HttpRequest, app: MicroApp) -> dict[str, Any]:
    form = ActivityForm(request.GET or None)
    wanted = form.wanted() if request.GET else trail.EVERYTHING_NEW
    before = _before(request)
    page = trail.page_of(app, signed_in_id(request), wanted, before=before)
    kept = {name: request.GET[name] for name in ("show", "since", "until") if request.GET.get(name)}
    return {"app": app, "form": form, "page": page, "kept": kept, "is_newest": before is None, "as_of": clock.now()}


def _before(request: HttpRequest) -> uuid.UUID | None:
    """Raises Http404 for what is no event's id."""
    text = request.GET.get("before", "")
    found = parse_id(text)
    if text and found is None:
        raise Http404
    return found
