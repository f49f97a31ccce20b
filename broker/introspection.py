"""What a token is worth right now (RFC 7662), told to clients of its own tenant alone."""

import time
from dataclasses import replace
from typing import Any

from django.conf import settings

from admission.gate import Ask, RefusedError
from admission.operations import Operation
from audit.actions import AuditAction
from audit.record import record
from broker.clients import Client
from broker.rates import pass_gate
from broker.subjects import unexpired_claims
from broker.tokens import Claims, encode
from kernel.errors import KEY_EXPIRED, KEY_REVOKED
from tenancy.principals import app_principal
from tenancy.scoping import tenant_scope

ANSWER_TYPE = "token-introspection+jwt"
INACTIVE: dict[str, Any] = {"active": False}
_OF_OAUTH = ("iss", "sub", "aud", "client_id", "iat", "exp", "jti", "scope", "authorization_details", "act", "may_act")
_OF_OURS = ("tenant", "app", "template", "family", "prefix")


def introspect(value: str, client: Client) -> dict[str, Any]:
    """The token's claims, or that it is not active: alike for dead, foreign, broken and never issued ones.

    Who asks about another tenant's token is recorded before anybody looks whether it lives, so that the time it takes
    tells nothing of that. The asking client pays at the gate, which says in the same step whether the token was
    stopped. Raises Problem RATE_LIMITED, and STORAGE_UNAVAILABLE when the gate can't say.
    """
    claims = unexpired_claims(value)
    asked = Ask(Operation.INTROSPECT, tenant=str(client.tenant_id), app=str(client.app_id))
    if claims is None or claims.tenant != client.tenant_id:
        pass_gate(asked)
        if claims is not None:
            _record_curiosity(client)
        return INACTIVE
    if not _lives(claims, asked):
        return INACTIVE
    return {"active": True, "token_type": "Bearer", **_claims(claims)}


def _lives(claims: Claims, asked: Ask) -> bool:
    """A refusal charges nothing, so who asks about a dead token pays in a step of its own."""
    try:
        pass_gate(replace(asked, token=claims.facts()))
    except RefusedError as refused:
        if refused.type not in {KEY_REVOKED, KEY_EXPIRED}:
            raise
        pass_gate(asked)
        return False
    return True


def _record_curiosity(client: Client) -> None:
    """In the asking client's own tenant: that it asked, and nothing of what it asked about."""
    actor = app_principal(client.client_id)
    with tenant_scope(client.tenant_id):
        record(AuditAction.TOKEN_HIDDEN, actor=actor, subject=f"client:{client.client_id}")


def signed(answer: dict[str, Any], client: Client) -> str:
    """The answer as a JWT for the one client who asked (RFC 9701 §5)."""
    return encode(
        {
            "iss": settings.BROKER_ISSUER,
            "aud": client.client_id,
            "iat": int(time.time()),
            "token_introspection": answer,
        },
        ANSWER_TYPE,
    )


def _claims(claims: Claims) -> dict[str, Any]:
    return {name: claims.raw[name] for name in (*_OF_OAUTH, *_OF_OURS) if name in claims.raw}
