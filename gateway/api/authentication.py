"""From the Authorization header to an admitted caller: signature in process, liveness and rate at the gate."""

from typing import Any

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from broker.origins import require_origin
from broker.tokens import Claims, verify
from gateway.api.asked import Asked
from gateway.api.charging import charge
from gateway.callers import Caller
from kernel.errors import KEY_MISSING, Problem
from marketplace import snapshots
from marketplace.snapshots import Snapshot


def claims_of(authorization: str) -> Claims:
    """What the bearer's token says. Raises Problem KEY_MISSING, KEY_EXPIRED, KEY_REVOKED."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "bearer" or not value.strip():
        raise Problem(KEY_MISSING)
    return verify(value.strip())


def let_in(request: Asked | HttpRequest, claims: Claims) -> Caller:
    """The caller, with the app's policy as the gate let them in by. Raises Problem as `charge` does."""

    def enter(snapshot: Snapshot) -> Caller:
        charge(request, claims, policy=snapshot.held)
        return Caller(claims, snapshot)

    return snapshots.decided(claims.tenant, claims.app, enter)


class SignedTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer` (RFC 6750 §2.1) and nothing else: a token in a URL or a form would leak into logs.

    For operations that pass the gate themselves, with what they will hold (`charging.Toll`).
    """

    def authenticate(self, request: Request) -> tuple[Caller, Any]:
        """The caller by their token's signature. Raises Problem KEY_MISSING, KEY_EXPIRED, ORIGIN_NOT_ALLOWED."""
        claims = claims_of(request.headers.get("Authorization", ""))
        require_origin(request._request, claims.app)
        return Caller(claims), None


class ScopedTokenAuthentication(SignedTokenAuthentication):
    """The same, and let in by the gate."""

    def authenticate(self, request: Request) -> tuple[Caller, Any]:
        """The caller and what the gate said. Raises Problem KEY_REVOKED and RATE_LIMITED too."""
        return let_in(request._request, super().authenticate(request)[0].claims), None


class HasScopedToken(BasePermission):
    """Every operation needs a caller; what it may do is decided by the operation."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether authentication found one."""
        return isinstance(request.user, Caller)
