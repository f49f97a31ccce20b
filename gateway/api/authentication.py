"""From the Authorization header to an admitted caller: signature in process, liveness and rate at the gate."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from broker.origins import require_origin
from broker.tokens import verify
from gateway.api.charging import charge
from gateway.callers import Caller
from kernel.errors import KEY_MISSING, Problem


class ScopedTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer` (RFC 6750 §2.1) and nothing else: a token in a URL or a form would leak into logs."""

    def authenticate(self, request: Request) -> tuple[Caller, Any]:
        """The caller and what the gate said.

        Raises Problem KEY_MISSING, KEY_EXPIRED, KEY_REVOKED, ORIGIN_NOT_ALLOWED, RATE_LIMITED.
        """
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not value.strip():
            raise Problem(KEY_MISSING)
        claims = verify(value.strip())
        require_origin(request._request, claims.app)
        return Caller(claims), charge(request._request, claims)


class HasScopedToken(BasePermission):
    """Every operation needs a caller; what it may do is decided by the operation."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether authentication found one."""
        return isinstance(request.user, Caller)
