"""Trusting another sign-in service, and no longer doing so."""

from collections.abc import Mapping
from typing import Any

from audit.actions import AuditAction
from audit.record import record
from broker.models import ScopedToken, TrustedIssuer
from broker.revocation import revoke_user
from kernel import clock
from tenancy.models import Workspace
from tenancy.principals import Principal, external_principal


def trust(workspace: Workspace, wanted: Mapping[str, Any], *, actor: Principal) -> TrustedIssuer:
    """Trust an issuer from now on. Raises IntegrityError where the workspace does already."""
    issuer: TrustedIssuer = TrustedIssuer.objects.create(
        tenant_id=workspace.tenant_id, workspace=workspace, added_by=str(actor), **wanted
    )
    record(
        AuditAction.ISSUER_TRUSTED,
        actor=actor,
        subject=f"issuer:{issuer.id}",
        issuer=issuer.issuer,
        role=issuer.role,
        keys_url=issuer.keys_url,
        asks_consent=issuer.asks_consent,
    )
    return issuer


def drop(issuer: TrustedIssuer, *, actor: Principal) -> None:
    """Trust it no longer, and stop the living tokens of everybody it vouched for."""
    prefix = str(external_principal(issuer.id, ""))
    living = ScopedToken.objects.filter(subject__startswith=prefix, expires_at__gt=clock.now())
    for subject in living.values_list("subject", flat=True).distinct():
        revoke_user(subject, actor=actor, reason="its issuer is no longer trusted")
    record(AuditAction.ISSUER_DROPPED, actor=actor, subject=f"issuer:{issuer.id}", issuer=issuer.issuer)
    issuer.delete()
