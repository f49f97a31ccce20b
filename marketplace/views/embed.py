"""`/go/<app>/embed/`: the upload box in a frame of a website that the app's people listed, and of no other.

Another site's frame carries no session, so there it is one button that opens the upload page; on the same site
(photos.example.com beside gatehouse.example.com) it is the box itself.
"""

import base64
import hashlib
import re
from importlib import resources
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.identity import signed_in_id
from kernel.errors import ORIGIN_NOT_ALLOWED, Problem
from marketplace.installations import policy_of
from marketplace.neighbours import neighbours
from marketplace.views.go import upload_limits
from tenancy.addresses import app_id_of_slug
from tenancy.memberships import workspaces_of
from tenancy.models import MicroApp
from tenancy.roles import MAY_UPLOAD

_SCRIPT = resources.files("marketplace").joinpath("embed/v1.js").read_bytes()
INTEGRITY = f"sha384-{base64.b64encode(hashlib.sha384(_SCRIPT).digest()).decode()}"
"""What websites name beside the script's address, so that browsers run exactly these bytes; v1 never changes."""

_HOST = re.compile(r"[A-Za-z0-9.\-\[\]:]{1,253}")
"""What stands in a header goes into another: a name or an address, and a port."""


@require_safe
def embed_script(request: HttpRequest) -> HttpResponse:
    """The script behind the one tag: public, the same for every app."""
    answer = HttpResponse(_SCRIPT, content_type="text/javascript; charset=utf-8")
    answer["Access-Control-Allow-Origin"] = "*"  # browsers compare only bytes that they may read
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer["Cache-Control"] = "public, max-age=86400"
    return answer


@require_safe
def go_embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The frame. What browsers are told of who may show it is the list that the API's answers keep to."""
    app_id = app_id_of_slug(slug)
    if app_id is None:
        raise Http404
    websites = neighbours().websites_of(app_id)
    asking = _asking_website(request)
    if asking and asking not in websites:
        return _refused(request, slug, asking)
    app = _app_of_theirs(request, slug)
    context = {"app": app, "slug": slug, "limits": upload_limits(policy_of(app)) if app else None}
    answer = render(request, "marketplace/go_embed.html", context)
    return _framed(answer, ["'self'", *websites] if websites else ["'none'"])


def _asking_website(request: HttpRequest) -> str:
    """The other website whose page shows the frame, as far as the browser says so (Fetch §3.6, Referrer Policy §8)."""
    origin = _origin_of(request.headers.get("Referer", ""))
    return "" if origin == _origin_of(settings.SITE_URL) else origin


def _origin_of(address: str) -> str:
    """`https://www.example.com`, empty for what is no address of a website."""
    parts = urlsplit(address)
    is_website = parts.scheme in {"http", "https"} and _HOST.fullmatch(parts.netloc)
    return f"{parts.scheme}://{parts.netloc}" if is_website else ""


def _refused(request: HttpRequest, slug: str, website: str) -> HttpResponse:
    """Words in place of the browser's own blank: the website alone may show them, and they tell nothing of the app."""
    problem = Problem(ORIGIN_NOT_ALLOWED)
    context = {"slug": slug, "problem": problem, "website": website}
    return _framed(render(request, "marketplace/go_embed_refused.html", context, status=problem.type.status), [website])


def _framed(answer: HttpResponse, ancestors: list[str]) -> HttpResponse:
    answer.xframe_options_exempt = True  # Django's own mark; the CSP says who may
    answer._csp_replace = {"frame-ancestors": ancestors}  # type: ignore[attr-defined]  # noqa: SLF001 - as its decorator
    answer["Cache-Control"] = "no-store"
    return answer


def _app_of_theirs(request: HttpRequest, slug: str) -> MicroApp | None:
    """The app, for somebody who is signed in and may upload to it; nobody else learns anything of it."""
    if getattr(request, "membership", None) is None:
        return None
    workspaces = workspaces_of(signed_in_id(request), MAY_UPLOAD)
    found: MicroApp | None = MicroApp.objects.filter(slug=slug, workspace__in=workspaces).first()
    return found
