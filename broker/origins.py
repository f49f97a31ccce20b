"""Which websites' pages may use an app from people's browsers (the Fetch standard's CORS protocol).

Only websites that an app's people listed are told anything. `null`, suffixes and plain HTTP never match: an origin is
compared whole.
"""

import time
import uuid
from collections.abc import Callable, Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers

from audit.actions import AuditAction
from audit.record import record
from broker.models import AppOrigin
from broker.storage_websites import tell_storage_after_commit
from kernel.errors import ORIGIN_NOT_ALLOWED, Problem
from tenancy.models import MicroApp
from tenancy.principals import Principal

CROSS_ORIGIN_PATHS = ("/api/v1/", "/oauth/token", "/oauth/revoke")
_METHODS = "GET, HEAD, POST, PATCH, DELETE"
_SENT = "Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-Id"
_READ = (
    "ETag, Idempotent-Replayed, RateLimit, RateLimit-Policy, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, "
    "X-RateLimit-Reset, X-Request-Id"
)
_REMEMBERED_SECONDS = 1.0
_MAX_REMEMBERED = 1_000
_remembered: dict[str, tuple[float, frozenset[uuid.UUID]]] = {}


def of(app: MicroApp) -> list[str]:
    """The websites of an app."""
    return of_id(app.id)


def of_id(app_id: uuid.UUID) -> list[str]:
    """The websites of an app, by its id: frames ask before a tenant is known."""
    return list(AppOrigin.objects.filter(app_id=app_id).order_by("origin").values_list("origin", flat=True))


def keep(app: MicroApp, origins: Iterable[str], *, actor: Principal) -> None:
    """Let exactly these websites use the app. Must run in the tenant's scope."""
    wanted, before = set(origins), set(of(app))
    AppOrigin.objects.filter(app_id=app.id, origin__in=before - wanted).delete()
    AppOrigin.objects.bulk_create(AppOrigin(origin=origin, app_id=app.id) for origin in sorted(wanted - before))
    if wanted != before:
        record(AuditAction.APP_CHANGED, actor=actor, app_id=app.id, subject=f"app:{app.id}", websites=sorted(wanted))
        tell_storage_after_commit()


def require_origin(request: HttpRequest, app_id: uuid.UUID) -> None:
    """Raises Problem ORIGIN_NOT_ALLOWED for a page of a website that isn't on the app's list."""
    origin = _foreign_origin(request)
    if origin and app_id not in _apps_with(origin):
        raise Problem(ORIGIN_NOT_ALLOWED)


class CrossOriginMiddleware:
    """Answers browsers that ask whether a page may call, and lets pages of listed websites read the answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, with the headers that a listed website's page needs; cookies are never part of it."""
        origin = _foreign_origin(request) if request.path.startswith(CROSS_ORIGIN_PATHS) else ""
        if not origin:
            return self.get_response(request)
        is_listed = bool(_apps_with(origin))
        is_preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        response = _preflight(is_listed) if is_preflight else self.get_response(request)
        patch_vary_headers(response, ["Origin"])
        if is_listed:
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Expose-Headers"] = _READ
            response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


def _preflight(is_listed: bool) -> HttpResponse:
    if not is_listed:
        return HttpResponse(status=403)
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = _METHODS
    response["Access-Control-Allow-Headers"] = _SENT
    response["Access-Control-Max-Age"] = "600"
    return response


def _foreign_origin(request: HttpRequest) -> str:
    """The website that a page of another origin belongs to; empty for our own pages and for programs."""
    origin = request.headers.get("Origin", "")
    ours = {settings.SITE_URL, f"{request.scheme}://{request.get_host()}"}
    return "" if origin in ours else origin


def _apps_with(origin: str) -> frozenset[uuid.UUID]:
    known, now = _remembered.get(origin), time.monotonic()
    if known is not None and known[0] > now:
        return known[1]
    found = frozenset(AppOrigin.objects.filter(origin=origin).values_list("app_id", flat=True))
    if len(_remembered) >= _MAX_REMEMBERED:
        _remembered.clear()
    _remembered[origin] = (now + _REMEMBERED_SECONDS, found)
    return found
