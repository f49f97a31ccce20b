"""Issuing a token: one row and one audit event in one transaction, then the signature."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from audit.actions import AuditAction
from audit.record import record
from broker.grants import Grant
from broker.models import ScopedToken
from broker.tokens import audience, encode
from kernel import clock
from policy.actions import scope_of
from policy.narrowing import Reach
from tenancy.models import MicroApp
from tenancy.principals import Principal


@dataclass(frozen=True, slots=True)
class Issued:
    """A token on its way to its holder; the value exists nowhere else."""

    value: str
    scope: str
    lives_seconds: int
    details: dict[str, Any]


def issue(app: MicroApp, subject: Principal, grant: Grant, reach: Reach) -> Issued:
    """Make and record a token of this reach. Must run in the tenant's scope."""
    now = clock.now()
    token = ScopedToken(
        tenant_id=app.tenant_id,
        app=app,
        subject=str(subject),
        actions=sorted(reach.actions),
        prefix=reach.prefix,
        template=grant.template,
        issued_at=now,
        expires_at=now + dt.timedelta(seconds=reach.lives_seconds),
    )
    token.family = token.id
    details = _details(grant, reach)
    value = encode(_claims(token, details))
    token.value_hash = hashlib.sha256(value.encode()).hexdigest()
    token.save(force_insert=True)
    _record(token, reach)
    return Issued(value, scope_of(reach.actions), reach.lives_seconds, details)


def _claims(token: ScopedToken, details: dict[str, Any]) -> dict[str, Any]:
    return {
        "iss": settings.BROKER_ISSUER,
        "sub": token.subject,
        "aud": audience(),
        "client_id": token.app.publishable_id,
        "iat": round(token.issued_at.timestamp(), 3),
        "exp": int(token.expires_at.timestamp()),
        "jti": str(token.id),
        "scope": " ".join(token.actions),
        "tenant": str(token.tenant_id),
        "app": str(token.app_id),
        "template": token.template,
        "family": str(token.family),
        "prefix": token.prefix,
        "authorization_details": [details],
    }


def _record(token: ScopedToken, reach: Reach) -> None:
    record(
        AuditAction.TOKEN_ISSUED,
        actor=token.subject,
        app_id=token.app_id,
        subject=f"token:{token.id}",
        template=token.template,
        scope=scope_of(reach.actions),
        prefix=reach.prefix,
        lives_seconds=reach.lives_seconds,
    )


def _details(grant: Grant, reach: Reach) -> dict[str, Any]:
    """The grant in structure, after RFC 9396 §2."""
    return {
        "type": "gatehouse_files",
        "actions": sorted(reach.actions),
        "prefix": reach.prefix,
        "limits": dict(grant.limits),
    }
