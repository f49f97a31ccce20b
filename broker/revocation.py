"""Stopping tokens: one, a family, a person's, an app's, a template's, a tenant's, all (RFC 7009 and beyond it).

Each is one durable row that names what is dead from now on; children die with what they were derived from.
"""

import uuid
from dataclasses import dataclass

from admission.models import Level
from admission.revocations import revoke
from audit.actions import AuditAction
from audit.record import record, record_for_platform
from broker.models import ScopedToken
from broker.tokens import Claims, user_in_tenant
from kernel import clock
from notices import telling
from policy.sentences import Sentence
from tenancy.models import MicroApp
from tenancy.principals import Principal
from tenancy.scoping import current_tenant

OF_THE_PLATFORM = frozenset({Level.TEMPLATE, Level.TENANT, Level.EVERYTHING})
"""Levels that reach beyond one workspace: the platform owner's alone."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Whom to stop and why. The subject is an id or a principal, as the level names things; empty for everything."""

    level: Level
    subject: str
    reason: str


def revoke_token(token: ScopedToken | Claims, *, actor: Principal | str, reason: str) -> None:
    """Stop one token and all that were derived from it. Must run in its tenant's scope."""
    token_id, app_id = (token.token_id, token.app) if isinstance(token, Claims) else (str(token.id), token.app_id)
    revoke(Level.TOKEN, token_id, tenant_id=current_tenant(), actor=str(actor), reason=reason)
    record(AuditAction.TOKEN_REVOKED, actor=actor, app_id=app_id, subject=f"token:{token_id}", reason=reason)


def revoke_family(family: uuid.UUID, app_id: uuid.UUID, *, actor: Principal | str, reason: str) -> None:
    """Stop every token of a chain, whichever of them it was derived from. Must run in its tenant's scope."""
    revoke(Level.FAMILY, str(family), tenant_id=current_tenant(), actor=str(actor), reason=reason)
    record(AuditAction.ACCESS_REVOKED, actor=actor, app_id=app_id, subject=f"family:{family}", reason=reason)


def revoke_app(app: MicroApp, *, actor: Principal | str, reason: str) -> None:
    """Stop every token of an app. Must run in its tenant's scope."""
    revoke(Level.APP, str(app.id), tenant_id=app.tenant_id, actor=str(actor), reason=reason)
    record(AuditAction.ACCESS_REVOKED, actor=actor, app_id=app.id, subject=f"app:{app.id}", reason=reason)
    now = clock.now()
    why = Sentence("The reason given: {reason}.", {"reason": reason})
    telling.access_compromised(app, f"app:{app.id}:{now.isoformat()}", at=now, reason=why)


def revoke_user(subject: str, *, actor: Principal | str, reason: str) -> None:
    """Stop every token that speaks for somebody in the tenant whose scope is entered."""
    tenant_id = current_tenant()
    revoke(Level.USER, user_in_tenant(tenant_id, subject), tenant_id=tenant_id, actor=str(actor), reason=reason)
    record(AuditAction.ACCESS_REVOKED, actor=actor, subject=subject, reason=reason)


def revoke_for_platform(stop: Stop, *, actor: Principal | str) -> None:
    """Stop a template's, a tenant's or all tokens. Must run in a transaction.

    Raises ValueError for a level that an owner answers for.
    """
    if stop.level not in OF_THE_PLATFORM:
        raise ValueError(f"{stop.level} isn't the platform's to stop.")
    tenant_id = uuid.UUID(stop.subject) if stop.level == Level.TENANT else None
    revoke(stop.level, stop.subject, tenant_id=tenant_id, actor=str(actor), reason=stop.reason)
    record_for_platform(
        AuditAction.ACCESS_REVOKED, actor=actor, subject=f"{stop.level}:{stop.subject}", reason=stop.reason
    )
