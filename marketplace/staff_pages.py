"""Pages of the platform's people. For everybody else they aren't there."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import User

PageView = Callable[..., HttpResponse]


def staff_page(view: PageView) -> PageView:
    """A page for signed-in staff."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not staff_of(request).is_staff:
            raise Http404
        return view(request, *args, **kwargs)

    return cast("PageView", login_required(guarded))


def staff_of(request: HttpRequest) -> User:
    """Who is signed in."""
    return cast("User", request.user)
