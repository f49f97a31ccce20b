"""Middleware that only pages need: the API is stateless and takes its identity from a token alone.

Each class is the well-known one that steps aside for the API's paths.
"""

from typing import Any

from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponseBase
from django.middleware import common

from tenancy import middleware as tenancy

_OWN_SCOPE = ("/oauth/", "/platform/")
STATELESS_PATHS = ("/api/", "/hooks/", "/livez", "/readyz", "/metrics", "/.well-known/")


class PagesOnly:
    """Skips the wrapped middleware for stateless paths."""

    def __call__(self: Any, request: HttpRequest) -> HttpResponseBase:
        """Answer, with the middleware's work for pages and without it elsewhere."""
        if request.path.startswith(STATELESS_PATHS):
            return self.get_response(request)  # type: ignore[no-any-return]
        return super().__call__(request)  # type: ignore[misc, no-any-return]


class SessionMiddleware(PagesOnly, sessions.SessionMiddleware):
    """Sessions for pages."""


class CommonMiddleware(PagesOnly, common.CommonMiddleware):
    """Slashes and lengths for pages."""


class AuthenticationMiddleware(PagesOnly, auth.AuthenticationMiddleware):
    """`request.user` for pages."""


class MessageMiddleware(PagesOnly, messages.MessageMiddleware):
    """One-time messages for pages."""


class TenantScopeMiddleware(PagesOnly, tenancy.TenantScopeMiddleware):
    """The tenant's scope for pages.

    The API enters its token's, the broker that of the app it is asked about, the platform owner's pages every
    tenant's in turn.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the scope of the person's tenant."""
        if request.path.startswith(_OWN_SCOPE):
            return self.get_response(request)
        return super().__call__(request)


class SecurityHeadersMiddleware:
    """Headers that Django has no setting for."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add them to every answer that doesn't set its own."""
        response: HttpResponseBase = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
