"""What happened, newest first, each with the button that helps."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.identity import signed_in_id
from kernel.identifiers import parse_id
from notices.access import member_page
from notices.inbox import mark_read, page_of, shown_to, unread_count


@require_safe
@member_page
def inbox(request: HttpRequest) -> HttpResponse:
    """The person's notices."""
    user_id = signed_in_id(request)
    before = parse_id(request.GET.get("before", ""))
    context = {"page": page_of(user_id, before), "is_first": before is None, "unread": unread_count(user_id)}
    return render(request, "notices/inbox.html", context)


@require_POST
@member_page
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    mark_read(shown_to(signed_in_id(request)))
    return redirect("notices")


@require_POST
@member_page
def read_one(request: HttpRequest, delivery_id: uuid.UUID) -> HttpResponse:
    """Mark one as read."""
    mine = shown_to(signed_in_id(request)).filter(pk=delivery_id)
    if not mine.exists():
        raise Http404
    mark_read(mine)
    return redirect("notices")
