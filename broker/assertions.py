"""JWTs of issuers that a workspace's owner trusts (RFC 7523 §3), as subjects of an exchange."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from joserfc import jwt
from joserfc.jws import JWSRegistry, extract_compact

from broker.issuer_keys import keys_of
from broker.lineage import MAX_DELEGATIONS
from broker.models import TrustedIssuer
from broker.parameters import is_text
from broker.tokens import UNREADABLE
from kernel import clock
from kernel.identifiers import parse_id
from kernel.outbound import OutboundError
from tenancy.models import MicroApp
from tenancy.principals import external_principal
from tenancy.roles import Role

MAX_CHARACTERS = 8192
MAX_LIFE_SECONDS = 24 * 3600
MAX_NAME_CHARACTERS = 300
ALGORITHMS = ["ES256", "ES384", "RS256", "PS256", "EdDSA"]
"""Asymmetric ones alone: with HS256 anybody who reads the public key could sign."""

_REGISTRY = JWSRegistry(algorithms=ALGORITHMS)
_READABLE = re.compile(r"[A-Za-z0-9._|:-]{1,64}")


@dataclass(frozen=True, slots=True)
class Asserted:
    """What an acceptable assertion says."""

    principal: str
    role: Role
    ends_at: float
    act: dict[str, Any] | None
    may_act: str
    asks_consent: bool


def verify(value: str, app: MicroApp) -> Asserted | None:
    """What the assertion says about a person, or None for anything that the app's workspace doesn't trust."""
    issuer = _issuer_of(value, app)
    if issuer is None:
        return None
    try:
        token = jwt.decode(value, keys_of(issuer), algorithms=ALGORITHMS, registry=_REGISTRY)
    except (*UNREADABLE, OutboundError):
        return None
    return _read(token.claims, issuer) if token.header.get("typ", "JWT").upper() == "JWT" else None


def role_of(principal: str, app: MicroApp) -> Role | None:
    """The role of an external person now; None once their issuer isn't trusted any more."""
    issuer_id = parse_id(principal.split(":", 2)[1])
    issuer = TrustedIssuer.objects.filter(pk=issuer_id, workspace_id=app.workspace_id).first()
    return Role(issuer.role) if issuer else None


def _issuer_of(value: str, app: MicroApp) -> TrustedIssuer | None:
    """The trusted issuer that the unverified assertion names; only its keys decide whether it is believed."""
    if len(value) > MAX_CHARACTERS:
        return None
    try:
        claims = json.loads(extract_compact(value.encode()).payload)
    except UNREADABLE:
        return None
    name = claims.get("iss") if isinstance(claims, dict) else None
    if not is_text(name) or len(name) > MAX_NAME_CHARACTERS:
        return None
    found: TrustedIssuer | None = TrustedIssuer.objects.filter(workspace_id=app.workspace_id, issuer=name).first()
    return found


def _read(claims: dict[str, Any], issuer: TrustedIssuer) -> Asserted | None:
    now, skew = clock.unix_seconds(), settings.BROKER_CLOCK_SKEW_SECONDS
    subject, expires_at, issued_at = claims.get("sub"), _time(claims, "exp"), _time(claims, "iat")
    if not isinstance(subject, str) or not subject or expires_at is None or issued_at is None:
        return None
    if claims.get("iss") != issuer.issuer or issuer.audience not in _audiences(claims):
        return None
    starts_at = _time(claims, "nbf") if "nbf" in claims else issued_at
    if expires_at <= now or issued_at > now + skew or starts_at is None or starts_at > now + skew:
        return None
    if expires_at - issued_at > MAX_LIFE_SECONDS:
        return None
    try:
        act, may_act = _acting(claims.get("act"), issuer), _only_actor(claims)
    except ValueError:
        return None
    principal = str(external_principal(issuer.id, subject_name(subject)))
    return Asserted(principal, Role(issuer.role), expires_at, act, may_act, issuer.asks_consent)


def _acting(act: object, issuer: TrustedIssuer, room: int = MAX_DELEGATIONS) -> dict[str, Any] | None:
    """Who acts by the issuer's word, under the issuer's name: it can't say that one of us acted.

    Raises ValueError for what isn't a chain of actors (RFC 8693 §4.1), and for one that is too long.
    """
    if act is None:
        return None
    subject = act.get("sub") if isinstance(act, dict) else None
    if not isinstance(act, dict) or not isinstance(subject, str) or not subject or not room:
        raise ValueError("This isn't a chain of actors.")
    before = _acting(act.get("act"), issuer, room - 1)
    return {"sub": str(external_principal(issuer.id, subject_name(subject)))} | ({"act": before} if before else {})


def _only_actor(claims: dict[str, Any]) -> str:
    """Whom `may_act` names; empty without one. Raises ValueError where it names nobody: that is no leave for all."""
    if "may_act" not in claims:
        return ""
    may_act = claims["may_act"]
    subject = may_act.get("sub") if isinstance(may_act, dict) else None
    if not is_text(subject) or not 0 < len(subject) <= MAX_NAME_CHARACTERS:
        raise ValueError("may_act names nobody.")
    return str(subject)


def subject_name(subject: str) -> str:
    """A foreign subject as our record keeps it: an opaque name as it is, anything that may be an address hashed."""
    if _READABLE.fullmatch(subject):
        return subject
    digest = hashlib.sha256(subject.encode("utf-8", "surrogatepass"))
    return f"sha256-{digest.hexdigest()[:32]}"


def _audiences(claims: dict[str, Any]) -> list[Any]:
    audience = claims.get("aud")
    return audience if isinstance(audience, list) else [audience]


def _time(claims: dict[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if 0 < value < 2**53 else None
