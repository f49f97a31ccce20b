"""The ring of keys that tokens are signed and verified with (RFC 7517, RFC 7638).

BROKER_SIGNING_KEY is the first key and the one that seals the private halves of those made later. A process reads the
ring anew every second, so that a retired key is out everywhere within that time without a restart.
"""

import datetime as dt
import re
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from joserfc.jwk import ECKey, KeySet

from broker.models import SigningKey
from broker.sealing import SealError, unseal
from kernel import clock

_log = structlog.get_logger(__name__)
_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.+?-----END [A-Z ]+-----", re.DOTALL)
_READ_EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys at one moment. Two rings are alike when they accept and sign with the same keys."""

    signing_kid: str
    kids: tuple[str, ...]
    signing: ECKey = field(compare=False)
    keys: tuple[ECKey, ...] = field(compare=False)
    verifying: KeySet = field(compare=False)

    def public(self) -> dict[str, Any]:
        """The JWK set that anyone may read."""
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


class NoSigningKeyError(RuntimeError):
    """Every key that this process could sign with is retired: BROKER_SIGNING_KEY must be a new one."""


_lock = threading.Lock()
_held: tuple[float, KeyRing] | None = None


def key_ring() -> KeyRing:
    """The ring as it was at most a second ago."""
    held = _held
    if held is None or time.monotonic() - held[0] > _READ_EVERY_SECONDS:
        return read_key_ring()
    return held[1]


def read_key_ring() -> KeyRing:
    """The ring as it is now. Raises NoSigningKeyError."""
    global _held  # noqa: PLW0603 - one ring a process, replaced whole
    ring = _ring(list(SigningKey.objects.all()), clock.now())
    with _lock:
        _held = (time.monotonic(), ring)
    return ring


def root_key() -> ECKey:
    """The key from the settings. Raises ValueError for anything but an EC P-256 private key."""
    return _root(settings.BROKER_SIGNING_KEY)


@cache
def _root(pem: str) -> ECKey:
    key = key_of(pem)
    if not key.is_private:
        raise ValueError("BROKER_SIGNING_KEY must be a private key.")
    return key


@cache
def key_of(pem: str) -> ECKey:
    """A key from its PEM, named by its thumbprint. Raises ValueError off the curve P-256."""
    imported = ECKey.import_key(pem.replace("\\n", "\n"), {"use": "sig", "alg": "ES256"})
    if imported.curve_name != "P-256":
        raise ValueError("Signing keys must be on the curve P-256.")
    return ECKey.import_key(pem.replace("\\n", "\n"), {"use": "sig", "alg": "ES256", "kid": imported.thumbprint()})


def _ring(rows: list[SigningKey], now: dt.datetime) -> KeyRing:
    retired = {row.kid for row in rows if row.retires_at is not None and row.retires_at <= now}
    configured = [root_key(), *(key_of(pem) for pem in _PEM.findall(settings.BROKER_PREVIOUS_KEYS))]
    known = {str(key.kid): key for key in configured}
    known |= {row.kid: key_of(row.public_pem) for row in rows if row.kid not in known}
    accepted = {kid: key for kid, key in known.items() if kid not in retired}
    signing = _signing([row for row in rows if row.kid in accepted], now)
    if signing is None and str(root_key().kid) in accepted:
        signing = root_key()
    if signing is None:
        raise NoSigningKeyError("Every signing key is retired. Set BROKER_SIGNING_KEY to a new one.")
    keys = tuple(accepted.values())
    return KeyRing(str(signing.kid), tuple(sorted(accepted)), signing, keys, KeySet([*keys]))


def _signing(rows: list[SigningKey], now: dt.datetime) -> ECKey | None:
    """The newest key of the ring whose time has come and whose seal the present root opens."""
    for row in sorted(rows, key=lambda row: row.signs_from, reverse=True):
        if row.sealed_private_pem is None or row.signs_from > now:
            continue
        try:
            return key_of(_opened(bytes(row.sealed_private_pem), row.kid, settings.BROKER_SIGNING_KEY))
        except SealError:
            _log.warning("signing_key_sealed_by_another_root", kid=row.kid)
    return None


@cache
def _opened(sealed: bytes, kid: str, _root_pem: str) -> str:
    return unseal(root_key(), sealed, kid).decode()
