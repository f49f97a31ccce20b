"""Middleware that only pages need: the API is stateless and takes its identity from a token alone.

Each class is the well-known one that steps aside for the paths of programs.
"""

from typing import Any, cast

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware import common, locale
from django.utils.translation import override
from whitenoise.middleware import WhiteNoiseMiddleware

from admission.room_headers import hearsay, rate_headers
from config.language import spoken_to
from tenancy import middleware as tenancy

_WITHOUT_CONTENT = frozenset({204, 304})
"""Answers whose length would be another's (RFC 9110 §8.6)."""

_API = "/api/v1/"
_OWN_SCOPE = ("/oauth/", "/platform/", "/gallery/", "/upload/")
STATELESS_PATHS = (
    "/api/v1/", "/hooks/", "/livez", "/readyz", "/metrics", "/.well-known/", "/oauth/introspect", "/oauth/revoke",
)  # fmt: skip
PROTOCOL_PATHS = (*STATELESS_PATHS, "/oauth/token")
"""Where no page is answered; a signed-in person's page may ask the token endpoint for a token all the same."""


class PagesOnly:
    """Skips the wrapped middleware for the paths of programs."""

    steps_aside_for: tuple[str, ...] = PROTOCOL_PATHS

    def __call__(self: Any, request: HttpRequest) -> HttpResponseBase:
        """Answer, with the middleware's work for pages and without it elsewhere."""
        if request.path.startswith(self.steps_aside_for):
            return self.get_response(request)  # type: ignore[no-any-return]
        return super().__call__(request)  # type: ignore[misc, no-any-return]


class SessionMiddleware(PagesOnly, sessions.SessionMiddleware):
    """Sessions for pages, and for the tokens that their people ask for."""

    steps_aside_for = STATELESS_PATHS


class CommonMiddleware(PagesOnly, common.CommonMiddleware):
    """Slashes and lengths for pages."""


class LanguageMiddleware(PagesOnly, locale.LocaleMiddleware):
    """The language of pages: what the person chose at their foot, else what the browser prefers.

    A program's answers hold words for people too: they are in the language that the request asks for. No thread speaks
    on in the language of whom it answered last.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in that language."""
        if not request.path.startswith(self.steps_aside_for):
            with override(settings.LANGUAGE_CODE):
                return super().__call__(request)
        with spoken_to(request.META.get("HTTP_ACCEPT_LANGUAGE")):
            return cast("HttpResponseBase", self.get_response(request))


class AuthenticationMiddleware(PagesOnly, auth.AuthenticationMiddleware):
    """`request.user` where there is a session."""

    steps_aside_for = STATELESS_PATHS


class PolicyMiddleware(PagesOnly, CSPMiddleware):
    """The content policy of pages."""


class StaticFilesMiddleware(PagesOnly, WhiteNoiseMiddleware):  # type: ignore[misc]  # the library has no types
    """Files for pages."""


class MessageMiddleware(PagesOnly, messages.MessageMiddleware):
    """One-time messages for pages."""


class TenantScopeMiddleware(PagesOnly, tenancy.TenantScopeMiddleware):
    """The tenant's scope for pages.

    The API enters its token's, the broker that of the app it is asked about, a gallery and a plain upload that of
    its app, the platform
    owner's pages every tenant's in turn.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the scope of the person's tenant."""
        if request.path.startswith(_OWN_SCOPE):
            return self.get_response(request)
        return super().__call__(request)


class RoomMiddleware:
    """How much room is left, on every answer below the API's address that doesn't say it itself."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answers to browsers that ask beforehand, and to what Django refuses by itself, have the platform's room."""
        response: HttpResponseBase = self.get_response(request)
        if request.path.startswith(_API) and "RateLimit" not in response:
            for name, value in rate_headers((hearsay.state(),)).items():
                response[name] = value
        return response


class SecurityHeadersMiddleware:
    """Headers that Django has no setting for."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add them to every answer that doesn't set its own."""
        response: HttpResponseBase = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if request.path.startswith(PROTOCOL_PATHS):
            if isinstance(response, HttpResponse) and response.status_code not in _WITHOUT_CONTENT:
                response.headers.setdefault("Content-Length", str(len(response.content)))
            response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        return response
