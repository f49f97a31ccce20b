"""Every address at which Gatehouse shows a page: those that answer a GET, without those that answer it with something
else. What is left out of the walk is left out here, with its reason.
"""

import inspect
from collections.abc import Iterator
from typing import Any

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from tests.journeys.pages.places import PLACES

NO_PAGES = {
    "openapi-json", "openapi-yaml", "uploadState", "uploadParts", "list", "file", "listTrash", "oauth-consents", "jwks",
    "oauth-metadata", "resource-metadata", "surface", "proof-challenge", "template-bundle", "draft-bundle",
    "app-activity-csv", "embed-script", "mfa_download_recovery_codes", "admin:jsi18n", "admin:autocomplete",
}  # fmt: skip
"""Data for programs, and files."""

PARTS_OF_PAGES = {"app-live", "app-activity-live", "app-try-trail"}
"""Fetched by a page that is walked, and looked at within it."""

LEAD_ELSEWHERE = {
    "gallery-opened", "openid_connect_login", "openid_connect_callback", "set_language", "admin:view_on_site",
    "admin:login", "account_set_password", "mfa_reauthenticate_webauthn", "mfa_login_webauthn", "socialaccount_signup",
    "account_confirm_login_code", "mfa_authenticate", "admin:logout", "admin:password_change",
    "admin:password_change_done",
}  # fmt: skip
"""A redirect for whoever has no business there: the middle of a sign-in, or of a way that begins elsewhere."""

DEVELOPERS_GROUND = {"oauth-authorize"}
"""Needs another program that sends somebody here: `test_broker_pages.py` is one, and has axe look at it."""

SOMEBODY_ELSES = {"api-explorer"}
"""Swagger UI, whose parts and weight (460 kB compressed) are its own: `test_api_explorer.py` holds it to the content
policy, and the reference, which is walked, says the same to everybody."""

LEFT_OUT = NO_PAGES | PARTS_OF_PAGES | LEAD_ELSEWHERE | DEVELOPERS_GROUND | SOMEBODY_ELSES
ALIKE_IN_THE_ADMIN = ("_add", "_change", "_delete", "_history", "_changelist", "app_list")
"""Django's own pages, made of the same parts for every model; each kind is walked for at least one."""


def pages() -> set[str]:
    """The names of addresses that show a page."""
    return {name for name in readable(get_resolver()) if name} - LEFT_OUT


def walked() -> set[str]:
    """The names of addresses that the walk goes to."""
    return {name for place in PLACES for name in _names_of(place.sample)}


def _names_of(address: str) -> Iterator[str]:
    try:
        yield resolve(address.split("?", maxsplit=1)[0]).view_name
    except Resolver404:
        return


def readable(resolver: URLResolver, space: str = "") -> Iterator[str]:
    """The full names of addresses that answer a GET."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from readable(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern) and entry.name and _answers_get(entry.callback):
            yield f"{space}{entry.name}"


def _answers_get(view: Any) -> bool:
    """Whether a view answers a GET, by its class or by the decorator that says which methods it takes."""
    by_class = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if by_class is not None:
        return hasattr(by_class, "get")
    while view is not None:
        kept = inspect.getclosurevars(view).nonlocals if inspect.isfunction(view) else {}
        methods = kept.get("request_method_list")
        if methods is not None:
            return "GET" in methods
        view = getattr(view, "__wrapped__", None)
    return True
