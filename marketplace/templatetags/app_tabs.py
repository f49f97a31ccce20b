"""The tabs of an app's pages, as far as the person may open them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from accounts.identity import signed_in_id
from marketplace.models import AppRequest
from marketplace.neighbours import neighbours
from tenancy.memberships import in_workspace
from tenancy.models import MicroApp
from tenancy.roles import MAY_CREATE_APPS, MAY_SEE_APP_PAGES, Role

register = template.Library()


@dataclass(frozen=True, slots=True)
class Tab:
    """One of an app's pages."""

    name: str
    words: str
    roles: frozenset[Role]


TABS = (
    Tab("app", "Overview", MAY_SEE_APP_PAGES),
    Tab("app-files", "Files", MAY_SEE_APP_PAGES),
    Tab("app-quarantine", "Waiting", MAY_SEE_APP_PAGES),
    Tab("app-activity", "Activity", MAY_SEE_APP_PAGES),
    Tab("app-try", "Try", MAY_SEE_APP_PAGES),
    Tab("app-share", "Share", MAY_CREATE_APPS),
    Tab("app-settings", "Settings", MAY_CREATE_APPS),
    Tab("app-requests", "Requests", MAY_CREATE_APPS),
    Tab("app-keys", "Keys", MAY_CREATE_APPS),
)


@register.inclusion_tag("marketplace/_app_tabs.html", takes_context=True)
def app_tabs(context: Context, app: MicroApp) -> dict[str, Any]:
    """The tabs, with the one that is open and how much waits: requests, and files for an owner's decision."""
    request = context["request"]
    role, here = _role(signed_in_id(request), app), str(request.resolver_match.url_name)
    waiting = _waiting(app)
    return {"app": app, "tabs": [_row(tab, app, here, waiting) for tab in TABS if role in tab.roles]}


def _waiting(app: MicroApp) -> dict[str, int]:
    return {"app-quarantine": neighbours().files_waiting(app), "app-requests": AppRequest.waiting(app).count()}


def _role(person: uuid.UUID, app: MicroApp) -> Role | None:
    membership = in_workspace(person, app.workspace_id)
    return Role(membership.role) if membership else None


def _row(tab: Tab, app: MicroApp, here: str, waiting: Mapping[str, int]) -> dict[str, Any]:
    return {
        "name": tab.name,
        "waiting": waiting.get(tab.name, 0),
        "words": tab.words,
        "href": reverse(tab.name, args=[app.slug]),
        "is_here": tab.name == here,
    }
