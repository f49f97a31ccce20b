"""Changing the signing key: ahead of time with an overlap, or at once when a key may be known to others."""

import datetime as dt

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from admission.models import Level
from admission.revocations import revoke
from audit.actions import AuditAction
from audit.record import record_for_platform
from broker.keys import key_of, key_ring, read_key_ring, root_key
from broker.models import SigningKey
from broker.sealing import seal
from kernel import clock
from tenancy.principals import system_principal

PUBLISHED_AHEAD = dt.timedelta(minutes=6)
"""Longer than verifiers may cache the key set, so that nobody meets a token whose key they haven't read."""

OVERLAP = dt.timedelta(minutes=75)
"""Longer than any token lives."""


def rotate(*, reason: str, actor: str, emergency: bool = False) -> SigningKey:
    """Put a new key into the ring and set the end of those before it.

    In an emergency the new key signs at once, the others are out within a second in every process, and every token
    dies with them: what a stolen key signed can't be told from what we signed.
    """
    now = clock.now()
    signs_from = now if emergency else now + PUBLISHED_AHEAD
    with transaction.atomic():
        _retire_others(now if emergency else signs_from + OVERLAP, now)
        made = _new_key(signs_from, reason)
        if emergency:
            revoke(Level.EVERYTHING, "", tenant_id=None, actor=actor, reason=reason)
        record_for_platform(
            AuditAction.SIGNING_KEY_ROTATED,
            actor=actor,
            subject=f"signing-key:{made.kid}",
            reason=reason,
            emergency=emergency,
            signs_from=signs_from.isoformat(),
        )
    read_key_ring()
    return made


def rotate_when_due() -> SigningKey | None:
    """A new key once the newest is `SIGNING_KEY_DAYS` old, or where the one from the settings still signs.

    None where none is due, or where nobody wants it (0 days). No token is disturbed.
    """
    if not settings.SIGNING_KEY_DAYS:
        return None
    young = clock.now() - dt.timedelta(days=settings.SIGNING_KEY_DAYS)
    if SigningKey.objects.filter(made_at__gt=young).exists():
        return None
    return rotate(reason=f"every {settings.SIGNING_KEY_DAYS} days", actor=str(system_principal("scheduler")))


def _retire_others(at: dt.datetime, now: dt.datetime) -> None:
    for key in key_ring().keys:
        pem = key.as_pem(private=False).decode()
        SigningKey.objects.get_or_create(
            kid=key.kid, defaults={"public_pem": pem, "signs_from": now, "reason": "from the settings"}
        )
    SigningKey.objects.filter(Q(retires_at=None) | Q(retires_at__gt=at)).update(retires_at=at)


def _new_key(signs_from: dt.datetime, reason: str) -> SigningKey:
    private = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key = key_of(private.decode())
    return SigningKey.objects.create(
        kid=str(key.kid),
        public_pem=key.as_pem(private=False).decode(),
        sealed_private_pem=seal(root_key(), private, str(key.kid)),
        signs_from=signs_from,
        reason=reason,
    )
