"""Changing what somebody is in a workspace: on the record, at once, and never leaving it without an owner."""

import uuid

from django.utils.translation import gettext as _

from admission.models import Level
from admission.revocations import revoke
from audit.actions import AuditAction
from audit.record import record
from tenancy.models import Membership
from tenancy.principals import user_principal
from tenancy.roles import Role


class LastOwnerError(ValueError):
    """Without this person nobody could decide anything in the workspace any more."""


def change_role(membership: Membership, role: Role, person: uuid.UUID) -> Membership:
    """Give a member another role; what they hold from the old one ends now. Must run in the tenant's scope.

    Raises LastOwnerError.
    """
    owners = Membership.objects.filter(workspace_id=membership.workspace_id, role=Role.OWNER)
    locked = {each.pk: each for each in owners.select_for_update()}
    if role != Role.OWNER and set(locked) == {membership.pk}:
        raise LastOwnerError(_("A workspace needs an owner. Make somebody else one first."))
    before = Role(Membership.objects.get(pk=membership.pk).role)
    if before == role:
        return membership
    membership.role = role
    membership.save(update_fields=["role"])
    subject, actor = str(user_principal(membership.user_id)), user_principal(person)
    name = f"{membership.user_id}: {before.label} → {role.label}"
    revoke(
        Level.USER,
        f"{membership.tenant_id}/{subject}",
        tenant_id=membership.tenant_id,
        actor=str(actor),
        reason="their role changed",
    )
    record(AuditAction.MEMBER_CHANGED, actor=actor, subject=subject, name=name, before=before, role=role)
    return membership
