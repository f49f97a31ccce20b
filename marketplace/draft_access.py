"""Whose drafts are whose: those of the workspaces in which a person may make apps. What isn't theirs isn't there."""

import uuid
from functools import wraps
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django_ratelimit.core import is_ratelimited

from accounts.identity import signed_in_id
from kernel.errors import RATE_LIMITED, Problem
from marketplace.access import PageView, member_page, membership_of
from marketplace.models import TemplateDraft
from tenancy.memberships import in_workspace, workspaces_of
from tenancy.models import Membership
from tenancy.roles import MAY_CREATE_APPS

_AN_HOUR_SECONDS = 3600


def author_page(view: PageView) -> PageView:
    """A page for owners and builders; others find nothing. Guests try, and publish nothing."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        author_of(request)
        return view(request, *args, **kwargs)

    return member_page(guarded)


def author_of(request: HttpRequest) -> Membership:
    """The membership that a new draft belongs to. Raises Http404."""
    membership = membership_of(request)
    if membership is None or membership.role not in MAY_CREATE_APPS or membership.workspace.is_sandbox:
        raise Http404
    return membership


def drafts_of(request: HttpRequest) -> "QuerySet[TemplateDraft]":
    """The drafts of the person's workspaces."""
    workspaces = workspaces_of(signed_in_id(request), MAY_CREATE_APPS)
    rows: QuerySet[TemplateDraft] = TemplateDraft.objects.filter(workspace__in=workspaces)
    return rows.select_related("workspace", "created_by")


def draft_for(request: HttpRequest, draft_id: uuid.UUID) -> tuple[TemplateDraft, Membership]:
    """The draft, and the membership by which it is this person's. Raises Http404."""
    draft = drafts_of(request).filter(pk=draft_id).first()
    membership = in_workspace(signed_in_id(request), draft.workspace_id) if draft else None
    if draft is None or membership is None:
        raise Http404
    return draft, membership


def keep_to_rate(request: HttpRequest, group: str, rate: str) -> None:
    """Count one more. Raises Problem RATE_LIMITED for more than the rate, as `30/h`, lets one person do."""
    if is_ratelimited(request, group=group, key="user", rate=rate, increment=True):
        raise Problem(RATE_LIMITED, seconds=f"{_AN_HOUR_SECONDS:,}")
