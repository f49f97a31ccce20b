"""Issuing a token: one row and one audit event in one transaction, then the signature."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from admission.revocations import earliest_issue
from audit.actions import AuditAction
from audit.record import record
from broker.grants import Grant
from broker.lineage import Lineage
from broker.living import facts_of, milliseconds
from broker.models import ScopedToken
from broker.oauth_errors import OAuthError
from broker.tokens import MAX_TOKEN_CHARACTERS, audience, encode
from kernel import clock
from policy.actions import scope_of
from policy.narrowing import Reach
from tenancy.models import MicroApp
from tenancy.principals import Principal


@dataclass(frozen=True, slots=True)
class Issued:
    """A token on its way to its holder; the value exists nowhere else."""

    value: str
    token_id: str
    scope: str
    lives_seconds: int
    details: dict[str, Any]
    asked_seconds: int | None = None


def issue(
    app: MicroApp, subject: Principal | str, grant: Grant, reach: Reach, lineage: Lineage | None = None
) -> Issued:
    """Make and record a token of this reach. Must run in the tenant's scope. Raises Problem without Redis.

    Raises OAuthError `invalid_target` where the folder's path makes it longer than verifiers take.
    """
    lineage = lineage or Lineage()
    token = _row(app, str(subject), grant, reach, lineage)
    _step_over_stops(token, lineage)
    details = _details(grant, reach)
    value = encode(_claims(token, details, lineage))
    if len(value) > MAX_TOKEN_CHARACTERS:
        raise OAuthError("invalid_target", "The folder's path is too long for a token.")
    token.value_hash = hashlib.sha256(value.encode()).hexdigest()
    token.save(force_insert=True)
    _record(token, reach)
    return Issued(value, str(token.id), scope_of(reach.actions), reach.lives_seconds, details)


def _row(app: MicroApp, subject: str, grant: Grant, reach: Reach, lineage: Lineage) -> ScopedToken:
    now = clock.now()
    token = ScopedToken(
        tenant_id=app.tenant_id,
        app=app,
        subject=subject,
        actor=(lineage.act or {}).get("sub", ""),
        ancestors=list(lineage.ancestors),
        actions=sorted(reach.actions),
        prefix=reach.prefix,
        template=grant.template,
        issued_at=now,
        epoch=now,
        expires_at=now + dt.timedelta(seconds=reach.lives_seconds),
    )
    token.family = lineage.family or token.id
    return token


def _step_over_stops(token: ScopedToken, lineage: Lineage) -> None:
    """A stop of the past reaches some seconds ahead, for clocks differ; who starts anew now isn't meant by it.

    What is derived steps over exactly what its parent did: a stop that the parent meets must kill the child too.
    """
    own = milliseconds(token.epoch) if token.ancestors else earliest_issue(facts_of(token))
    token.epoch = dt.datetime.fromtimestamp(max(own, lineage.epoch_ms) / 1000, dt.UTC)


def _claims(token: ScopedToken, details: dict[str, Any], lineage: Lineage) -> dict[str, Any]:
    """RFC 9068 §2.2. `iat` in whole seconds, since validators compare it so; `epoch` has the milliseconds for stops."""
    return {
        "iss": settings.BROKER_ISSUER,
        "sub": token.subject,
        "aud": audience(),
        "client_id": token.app.publishable_id,
        "iat": int(token.issued_at.timestamp()),
        "epoch": milliseconds(token.epoch),
        "exp": int(token.expires_at.timestamp()),
        "jti": str(token.id),
        "scope": " ".join(token.actions),
        "tenant": str(token.tenant_id),
        "app": str(token.app_id),
        "template": token.template,
        "family": str(token.family),
        "ancestors": [str(ancestor) for ancestor in token.ancestors],
        "prefix": token.prefix,
        "authorization_details": [details],
        **({"act": lineage.act} if lineage.act else {}),
        **({"may_act": {"sub": lineage.may_act}} if lineage.may_act else {}),
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
        family=str(token.family),
        acting=token.actor,
    )


def _details(grant: Grant, reach: Reach) -> dict[str, Any]:
    """The grant in structure, after RFC 9396 §2."""
    return {
        "type": "gatehouse_files",
        "locations": [audience()],
        "actions": sorted(reach.actions),
        "prefix": reach.prefix,
        "limits": dict(grant.limits),
    }
