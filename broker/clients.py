"""Server apps and their secrets: generated with 256 random bits, checked by one SHA-256, rotated with an overlap.

A slow hash protects what people choose; for what a machine drew it only gives attackers a lever on our CPU.
"""

import base64
import datetime as dt
import hashlib
import secrets
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from django.db.models import Q

from audit.actions import AuditAction
from audit.record import record
from broker.models import ClientSecret
from broker.oauth_errors import OAuthError
from kernel import clock
from tenancy.addresses import tenant_of_publishable_id
from tenancy.models import MicroApp
from tenancy.principals import Principal
from tenancy.scoping import tenant_scope

PREFIX = "ghs_"
OVERLAP = dt.timedelta(hours=24)
_RANDOM_BYTES = 32
_REMEMBERED_SECONDS = 1.0
_MAX_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Client:
    """A server app that proved itself, at most a second ago unless it had to be now."""

    client_id: str
    tenant_id: uuid.UUID
    app_id: uuid.UUID
    secret_hash: str = field(repr=False)


def make_secret(app: MicroApp, *, actor: Principal | str, overlap: dt.timedelta = OVERLAP) -> str:
    """A new secret, shown this once; those before it work until the overlap is over. Must run in the tenant's scope."""
    value = PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    retire_secrets(app, at=clock.now() + overlap)
    made = ClientSecret.objects.create(
        tenant_id=app.tenant_id, app=app, value_hash=_hash(value), ending=value[-4:], made_by=str(actor)
    )
    record(AuditAction.CLIENT_SECRET_MADE, actor=actor, app_id=app.id, subject=f"client-secret:{made.id}")
    return value


def retire_secrets(app: MicroApp, *, at: dt.datetime, actor: Principal | str | None = None) -> None:
    """Let an app's secrets end at a moment; recorded where somebody asks for exactly this."""
    later = Q(ends_at=None) | Q(ends_at__gt=at)
    ended = ClientSecret.objects.filter(later, app=app).update(ends_at=at)
    if ended and actor is not None:
        record(AuditAction.CLIENT_SECRET_RETIRED, actor=actor, app_id=app.id, subject=f"app:{app.id}", secrets=ended)


def living_secrets(app: MicroApp) -> list[ClientSecret]:
    """An app's secrets that work, the newest first."""
    return list(ClientSecret.objects.filter(_living(), app=app).order_by("-id"))


def authenticated(authorization: str, parameters: Mapping[str, str], *, now: bool = False) -> Client:
    """The client behind HTTP Basic or the form's client_id and client_secret (RFC 6749 §2.3.1).

    A secret that worked a second ago is believed, except where it must work `now`: where it gives a new token, which
    would outlive the secret by minutes. Raises OAuthError `invalid_client` for all else, for both ways at once too.
    """
    client_id, secret = _credentials(authorization, parameters)
    client = _with_secret(client_id, _hash(secret), now=now) if client_id and secret else None
    if client is None:
        raise OAuthError("invalid_client", "The client didn't prove itself.")
    return client


def presents_itself(authorization: str, parameters: Mapping[str, str]) -> bool:
    """Whether a request claims to come from a client with a secret."""
    return bool(authorization) or "client_secret" in parameters


def _credentials(authorization: str, parameters: Mapping[str, str]) -> tuple[str, str]:
    if not authorization:
        return parameters.get("client_id", ""), parameters.get("client_secret", "")
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic" or "client_secret" in parameters:
        return "", ""
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return unquote_plus(client_id), unquote_plus(secret)


_remembered: dict[tuple[str, str], tuple[float, Client | None]] = {}


def _with_secret(client_id: str, value_hash: str, *, now: bool) -> Client | None:
    """The client that has this secret.

    Remembered for a second, so that neither a busy client nor a flood of wrong secrets asks the database each time.
    """
    key, moment = (client_id, value_hash), time.monotonic()
    known = _remembered.get(key)
    if known is not None and known[0] > moment and not (now and known[1]):
        return known[1]
    found = _look_up(client_id, value_hash)
    if len(_remembered) >= _MAX_REMEMBERED:
        _remembered.clear()
    _remembered[key] = (moment + _REMEMBERED_SECONDS, found)
    return found


def _look_up(client_id: str, value_hash: str) -> Client | None:
    tenant_id = tenant_of_publishable_id(client_id)
    if tenant_id is None:
        return None
    with tenant_scope(tenant_id):
        secret = ClientSecret.objects.filter(_living(), app__publishable_id=client_id, value_hash=value_hash).first()
        return Client(client_id, tenant_id, secret.app_id, value_hash) if secret else None


def _living() -> Q:
    return Q(ends_at=None) | Q(ends_at__gt=clock.now())


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
