"""Access tokens as signed JWTs: `at+jwt` (RFC 9068), ES256 and nothing else."""

import uuid
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from admission.revocations import TokenFacts
from broker.keys import KeyRing, key_ring
from kernel import clock
from kernel.errors import KEY_EXPIRED, KEY_REVOKED, NOT_FOUND, SCOPE_NOT_GRANTED, Problem
from kernel.identifiers import parse_id
from kernel.paths import is_within
from policy.actions import Action, parse_scope

TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type, not a secret
MAX_TOKEN_CHARACTERS = 4096
UNREADABLE = (JoseError, ValueError, TypeError, RecursionError)
"""All that the library raises for what isn't a JWT: its own errors, and Python's for parts of another type or depth."""

_REGISTRY = JWSRegistry(algorithms=["ES256"])


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says. Times in seconds since the epoch; `epoch_ms` is when stops begin to count for it."""

    token_id: str
    subject: str
    tenant: uuid.UUID
    app: uuid.UUID
    actions: frozenset[Action]
    prefix: str
    expires_at: float
    epoch_ms: int
    family: str
    client_id: str
    template: str
    ancestors: tuple[str, ...] = ()
    surfaces: frozenset[str] = frozenset()
    raw: dict[str, Any] = field(default_factory=dict, compare=False)

    def require(self, action: Action, path: str = "") -> None:
        """Raises Problem SCOPE_NOT_GRANTED unless the token covers the action at the cleaned folder path."""
        if action not in self.actions or not is_within(path, self.prefix):
            raise Problem(SCOPE_NOT_GRANTED, action=action.words)

    def require_action(self, action: Action) -> None:
        """Raises Problem SCOPE_NOT_GRANTED unless the token covers the action somewhere."""
        self.require(action, self.prefix)

    def require_within(self, path: str) -> None:
        """Raises Problem NOT_FOUND for a thing outside the token's prefix: it isn't there for this token."""
        if not self.reaches(path):
            raise Problem(NOT_FOUND)

    def reaches(self, path: str) -> bool:
        """Whether a thing at this path is there for the token."""
        return is_within(path, self.prefix)

    def facts(self) -> TokenFacts:
        """What decides whether the token was stopped."""
        return TokenFacts(
            token_id=self.token_id,
            ancestors=self.ancestors,
            family=self.family,
            user=user_in_tenant(self.tenant, self.subject),
            app=str(self.app),
            template=self.template,
            tenant=str(self.tenant),
            issued_at_ms=self.epoch_ms,
            expires_at=self.expires_at,
        )


def user_in_tenant(tenant_id: uuid.UUID, subject: str) -> str:
    """How a revocation names a person: within one tenant, so that no owner reaches into another's."""
    return f"{tenant_id}/{subject}"


def audience() -> str:
    """The resource that tokens are for: the gateway."""
    return f"{settings.BROKER_ISSUER}/api/v1"


def encode(claims: dict[str, Any], media_type: str = TOKEN_TYPE) -> str:
    """The signed token."""
    key = key_ring().signing
    return jwt.encode({"alg": "ES256", "typ": media_type, "kid": key.kid}, claims, key, registry=_REGISTRY)


def verify(value: str) -> Claims:
    """The claims of a token of ours that lives by its own dates; whether it was stopped is the gate's question.

    Raises Problem KEY_EXPIRED when its time is over, KEY_REVOKED for anything that isn't such a token at all: which
    of the many ways it fails helps only who made it.
    """
    claims = _verified(value, key_ring()) if len(value) <= MAX_TOKEN_CHARACTERS else None
    if claims is None:
        raise Problem(KEY_REVOKED)
    if claims.expires_at <= clock.unix_seconds():
        raise Problem(KEY_EXPIRED)
    return claims


@lru_cache(maxsize=4096)
def _verified(value: str, ring: KeyRing) -> Claims | None:
    """Signature, type, issuer and audience; cached as long as the key ring is the same one."""
    try:
        token = jwt.decode(value, ring.verifying, algorithms=["ES256"], registry=_REGISTRY)
    except UNREADABLE:
        return None
    header, claims = token.header, token.claims
    if header.get("typ") != TOKEN_TYPE or claims.get("iss") != settings.BROKER_ISSUER:
        return None
    issued_early_enough = claims.get("iat", 0) <= clock.unix_seconds() + settings.BROKER_CLOCK_SKEW_SECONDS
    return _read(claims) if claims.get("aud") == audience() and issued_early_enough else None


def _read(claims: dict[str, Any]) -> Claims | None:
    tenant, app = parse_id(claims.get("tenant", "")), parse_id(claims.get("app", ""))
    actions = parse_scope(claims.get("scope", ""))
    if tenant is None or app is None or not actions:
        return None
    return Claims(
        token_id=claims["jti"],
        subject=claims["sub"],
        tenant=tenant,
        app=app,
        actions=actions,
        prefix=claims.get("prefix", ""),
        expires_at=float(claims["exp"]),
        epoch_ms=int(claims["epoch"]),
        family=claims["family"],
        client_id=claims["client_id"],
        template=claims["template"],
        ancestors=tuple(claims.get("ancestors", ())),
        surfaces=frozenset(claims["authorization_details"][0].get("surfaces", ())),
        raw=claims,
    )
