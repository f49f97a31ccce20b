"""Which workspace a signed-in person acts in, and what they are there."""

import uuid
from collections.abc import Collection

from django.db.models import QuerySet
from django_scopes import scopes_disabled

from tenancy.models import Membership
from tenancy.roles import Role
from tenancy.scoping import see_own_memberships


def memberships_of(user_id: uuid.UUID) -> list[Membership]:
    """The person's memberships in every tenant, oldest first. Must run in a transaction."""
    see_own_memberships(user_id)
    with scopes_disabled():
        return list(Membership.objects.filter(user_id=user_id).order_by("created_at"))


def choose(memberships: list[Membership], preferred: str | None) -> Membership | None:
    """The membership to act in: the preferred workspace's where the person has one, else the oldest."""
    wanted = [membership for membership in memberships if str(membership.workspace_id) == preferred]
    return next(iter(wanted or memberships), None)


def in_workspace(user_id: uuid.UUID, workspace_id: uuid.UUID) -> Membership | None:
    """The person's membership in a workspace of the tenant whose scope is entered."""
    found: Membership | None = Membership.objects.filter(user_id=user_id, workspace_id=workspace_id).first()
    return found


def workspaces_of(user_id: uuid.UUID, roles: Collection[Role]) -> "QuerySet[Membership]":
    """The ids of workspaces in the entered tenant where the person has one of the roles, for use in a filter."""
    rows: QuerySet[Membership] = Membership.objects.filter(user_id=user_id, role__in=roles)
    return rows.values("workspace_id")  # type: ignore[return-value]  # a values query, which filters take
