"""Issuing a token: one row and one audit event in one statement, and never without both."""

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.conf import settings

from admission.gate import Admission, Ask, RefusedError
from admission.operations import Operation
from admission.revocations import earliest_issue
from audit.actions import AuditAction
from audit.ledger import WRITE_EVENT, Entry, event, write
from audit.rows import RowOf
from audit.statements import Statement
from broker.grants import Grant
from broker.lineage import Lineage
from broker.living import facts_of, milliseconds
from broker.models import ScopedToken
from broker.oauth_errors import OAuthError
from broker.rates import pass_gate
from broker.tokens import MAX_TOKEN_CHARACTERS, audience, encode
from kernel import clock
from kernel.errors import KEY_EXPIRED, KEY_REVOKED
from policy.actions import scope_of
from policy.narrowing import Reach
from tenancy.models import MicroApp
from tenancy.principals import Principal, PrincipalKind

_TOKEN = RowOf(ScopedToken, "token")


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
    """Make and record a token of this reach, for nobody's account. Raises Problem without Redis.

    Raises OAuthError `invalid_target` where the folder's path makes it longer than verifiers take.
    """
    lineage = lineage or Lineage()
    token = _row(app, str(subject), grant, reach, lineage)
    _step_over_stops(token)
    return _signed_and_recorded(token, grant, reach, lineage)


def exchanged(app: MicroApp, subject: str, grant: Grant, reach: Reach, lineage: Lineage, secret_hash: str) -> Issued:
    """As `issue`, once the gate let the exchange in; for a server app only while its secret works.

    The token lives no longer than the emergency limit on lifetimes allows.
    Raises OAuthError `invalid_request` for a subject that was stopped meanwhile, `invalid_client` for a secret that
    ended, Problem RATE_LIMITED, NewPolicyError where the grant is no longer what the app's policy says.
    """
    token = _row(app, subject, grant, reach, lineage)
    longest = _let_in(token, grant).longest_life
    if longest is not None and longest < reach.lives_seconds:
        reach = replace(reach, lives_seconds=longest)
        token.expires_at = token.issued_at + dt.timedelta(seconds=longest)
    return _signed_and_recorded(token, grant, reach, lineage, secret_hash)


def _signed_and_recorded(
    token: ScopedToken, grant: Grant, reach: Reach, lineage: Lineage, secret_hash: str = ""
) -> Issued:
    details = _details(grant, reach)
    value = encode(_claims(token, details, lineage))
    if len(value) > MAX_TOKEN_CHARACTERS:
        raise OAuthError("invalid_target", "The folder's path is too long for a token.")
    token.value_hash = hashlib.sha256(value.encode()).hexdigest()
    if not write(_entry(token, reach, secret_hash)):
        raise OAuthError("invalid_client", "The client didn't prove itself.")
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
    if lineage.epoch_ms > milliseconds(now):
        token.epoch = _moment(lineage.epoch_ms)
    return token


def _let_in(token: ScopedToken, grant: Grant, *, has_stepped: bool = False) -> Admission:
    """The gate's word on the exchange and on the new token, which a stop of the past may reach."""
    try:
        return pass_gate(Ask.by(facts_of(token), Operation.EXCHANGE, policy=grant.held, **_payers(token)))
    except RefusedError as refused:
        if refused.type not in {KEY_REVOKED, KEY_EXPIRED}:
            raise
        if has_stepped or token.ancestors:
            raise OAuthError("invalid_request", "The subject token isn't acceptable.") from refused
        _step_over_stops(token)
        return _let_in(token, grant, has_stepped=True)


def _payers(token: ScopedToken) -> dict[str, str]:
    """The new token doesn't pay for itself, its parent does; a server app pays as an app, not as a person too."""
    payers = {"charged_token": str(token.ancestors[-1]) if token.ancestors else ""}
    return payers | ({"user": ""} if token.subject.startswith(f"{PrincipalKind.APP}:") else {})


def _step_over_stops(token: ScopedToken) -> None:
    """A stop of the past reaches some seconds ahead, for clocks differ; who starts anew now isn't meant by it.

    What is derived steps over exactly what its parent did: a stop that the parent meets must kill the child too.
    """
    if not token.ancestors:
        token.epoch = _moment(earliest_issue(facts_of(token)))


def _moment(since_epoch_ms: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(since_epoch_ms / 1000, dt.UTC)


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


@cache
def _statement() -> Statement:
    text = f"""
        WITH token AS (
          INSERT INTO {_TOKEN.table} SELECT {_TOKEN.values()}
          WHERE %(secret_hash)s = '' OR EXISTS (
            SELECT FROM broker_clientsecret
            WHERE app_id = %(app_id)s::uuid AND value_hash = %(secret_hash)s
              AND (ends_at IS NULL OR ends_at > clock_timestamp()))
          RETURNING id)
        {WRITE_EVENT} FROM token RETURNING id"""  # noqa: S608 - names of ours, no value
    return Statement(text)


def _entry(token: ScopedToken, reach: Reach, secret_hash: str) -> Entry:
    action, subject = AuditAction.TOKEN_ISSUED, f"token:{token.id}"
    parameters = {
        **_TOKEN.parameters(token),
        **event(action, actor=token.subject, subject=subject, detail=_detail(token, reach)),
        "tenant_id": token.tenant_id,
        "app_id": token.app_id,
        "secret_hash": secret_hash,
    }
    return Entry(action, _statement(), parameters)


def _detail(token: ScopedToken, reach: Reach) -> dict[str, Any]:
    return {
        "template": token.template,
        "scope": scope_of(reach.actions),
        "prefix": reach.prefix,
        "lives_seconds": reach.lives_seconds,
        "family": str(token.family),
        "acting": token.actor,
    }


def _details(grant: Grant, reach: Reach) -> dict[str, Any]:
    """The grant in structure, after RFC 9396 §2; `surfaces` names the folders, of those agreed to apart, that are."""
    apart = [consent.surface for consent in grant.consents if consent.folder]
    return {
        "type": "gatehouse_files",
        "locations": [audience()],
        "actions": sorted(reach.actions),
        "prefix": reach.prefix,
        "limits": dict(grant.limits),
        **({"surfaces": apart} if apart else {}),
    }
