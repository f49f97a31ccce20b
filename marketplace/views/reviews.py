"""`/reviews/`: what waits for the platform's people, what a machine found, and their decision."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kernel.errors import Problem
from marketplace import reviews, urgent
from marketplace.models import Review
from marketplace.publishing import NotPublishableError
from marketplace.review_page import review_page
from marketplace.staff_pages import staff_of, staff_page

_SHOWN_DECIDED = 20


@require_safe
@staff_page
def review_list(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first; and what was decided lately."""
    rows = Review.objects.select_related("requested_by", "decided_by")
    context = {
        "waiting": rows.filter(state__in=reviews.OPEN).order_by("requested_at"),
        "decided": rows.filter(decided_at__isnull=False).order_by("-decided_at")[:_SHOWN_DECIDED],
    }
    return render(request, "marketplace/review_list.html", context)


@require_safe
@staff_page
def review_detail(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """One review."""
    review = Review.objects.select_related("requested_by", "decided_by").filter(pk=review_id).first()
    if review is None:
        raise Http404
    return render(request, "marketplace/review_detail.html", {"page": review_page(review, staff_of(request))})


@require_POST
@staff_page
def review_again(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Let the machine look once more, where it has not or could not."""
    if not Review.objects.filter(pk=review_id).exists():
        raise Http404
    reviews.ask_machine(review_id)
    messages.success(request, _("The machine looks again. This takes some seconds."))
    return redirect("review", review_id=review_id)


@require_POST
@staff_page
def review_explain(request: HttpRequest, review_id: uuid.UUID, finding_id: uuid.UUID) -> HttpResponse:
    """Why a finding may stand."""
    try:
        reviews.explain(finding_id, staff_of(request), request.POST.get("reason", ""))
        messages.success(request, _("Explained. It is on the record."))
    except Problem as problem:
        messages.error(request, problem.user_message)
    return redirect("review", review_id=review_id)


@require_POST
@staff_page
def review_decide(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Approve and publish, or decline; for a reason."""
    reason = request.POST.get("reason", "")
    try:
        if request.POST.get("decision") == "approve":
            _publish(request, review_id, reason)
        else:
            reviews.decide(review_id, staff_of(request), reason, approve=False)
            messages.success(request, _("Declined. Its author reads why."))
    except Problem as problem:
        messages.error(request, problem.user_message)
    return redirect("review", review_id=review_id)


def _publish(request: HttpRequest, review_id: uuid.UUID, reason: str) -> None:
    person = staff_of(request)
    version = reviews.approve_and_publish(review_id, person, reason)
    if request.POST.get("urgent"):
        try:
            urgent.spread(version, person, reason)
        except NotPublishableError as error:  # the reason is long enough for the decision already
            messages.error(request, str(error))
            return
        messages.success(
            request,
            _("%(version)s is published and signed. Its apps are moved now; their owners are told.")
            % {"version": version},
        )
        return
    messages.success(request, _("%(version)s is published and signed.") % {"version": version})
