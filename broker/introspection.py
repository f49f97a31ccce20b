"""What a token is worth right now (RFC 7662), told to clients of its own tenant alone."""

import time
from typing import Any

from django.conf import settings

from broker.clients import Client
from broker.subjects import scoped_claims
from broker.tokens import Claims, encode

ANSWER_TYPE = "token-introspection+jwt"
INACTIVE: dict[str, Any] = {"active": False}
_OF_OAUTH = ("iss", "sub", "aud", "client_id", "iat", "exp", "jti", "scope", "authorization_details", "act", "may_act")
_OF_OURS = ("tenant", "app", "template", "family", "prefix")


def introspect(value: str, client: Client) -> dict[str, Any]:
    """The token's claims, or that it is not active: alike for dead, foreign, broken and never issued ones.

    Raises Problem when Redis can't say whether it was stopped.
    """
    claims = scoped_claims(value)
    if claims is None or claims.tenant != client.tenant_id:
        return INACTIVE
    return {"active": True, "token_type": "Bearer", **_claims(claims)}


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
