"""Which people a notice is for, asked when it is written and again before each e-mail and page: people leave."""

import uuid

from notices.kinds import Audience
from notices.models import Notice
from tenancy.models import Membership, MicroApp
from tenancy.roles import Role

READERS: frozenset[Role] = frozenset().union(*(audience.value for audience in Audience))
"""The roles that are told anything at all."""


def people_told(audience: Audience, workspace_id: uuid.UUID, app: MicroApp | None) -> list[Membership]:
    """The memberships of the people who are told, with the people. Those who may not sign in are left out."""
    members = Membership.objects.filter(workspace_id=workspace_id, role__in=READERS, user__is_active=True)
    return [
        member
        for member in members.select_related("user")
        if _is_told(audience, app, member.user_id, Role(member.role))
    ]


def roles_of(user_id: uuid.UUID) -> dict[uuid.UUID, Role]:
    """What the person is in which workspace of the entered tenant, where that is told of anything."""
    members = Membership.objects.filter(user_id=user_id, role__in=READERS, user__is_active=True)
    return {workspace_id: Role(role) for workspace_id, role in members.values_list("workspace_id", "role")}


def role_towards(notice: Notice, user_id: uuid.UUID, roles: dict[uuid.UUID, Role]) -> Role | None:
    """As what the person may still be told this, or None."""
    role = roles.get(notice.workspace_id)
    return role if role and _is_told(notice.type.audience, notice.app, user_id, role) else None


def _is_told(audience: Audience, app: MicroApp | None, user_id: uuid.UUID, role: Role) -> bool:
    if role not in audience.value:
        return False
    return role == Role.OWNER or (app is not None and app.created_by_id == user_id)
