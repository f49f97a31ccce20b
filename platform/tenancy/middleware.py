"""Runs every page in the scope of the signed-in person's tenant, in one transaction."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from tenancy import memberships
from tenancy.models import Membership
from tenancy.scoping import tenant_scope

PREFERRED_WORKSPACE = "workspace"


class TenantScopeMiddleware:
    """Finds the person's membership and enters its tenant; anonymous pages run without a scope.

    A view's exception rolls the page's transaction back, the error page included.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer inside the scope."""
        request.membership = None  # type: ignore[attr-defined]
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return self.get_response(request)
        with transaction.atomic():
            membership = memberships.choose(
                memberships.memberships_of(user.pk), request.session.get(PREFERRED_WORKSPACE)
            )
            if membership is None:
                return self.get_response(request)
            return self._answer_within(request, membership)

    def _answer_within(self, request: HttpRequest, membership: Membership) -> HttpResponseBase:
        request.membership = membership  # type: ignore[attr-defined]
        with tenant_scope(membership.tenant_id):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Undo what the failed page did; the answer itself is made by Django's handlers."""
        if transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)
