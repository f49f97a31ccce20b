"""The number in the header: a context processor that asks nothing until a page shows it."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notices.inbox import MAX_COUNTED, unread_count


def unread_notices(request: HttpRequest) -> dict[str, object]:
    """`unread_notices`: empty, a number, or `99+`."""
    return {"unread_notices": SimpleLazyObject(lambda: _in_words(request))}


def _in_words(request: HttpRequest) -> str:
    membership = getattr(request, "membership", None)
    count = unread_count(membership.user_id) if membership else 0
    if count >= MAX_COUNTED:
        return f"{MAX_COUNTED - 1}+"
    return str(count) if count else ""
