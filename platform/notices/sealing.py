"""The secrets of webhooks: made here, shown once, kept encrypted (AES-256-GCM, bound to their row).

Encrypted and not derived, since a derived secret dies with the platform's key: here a new DJANGO_SECRET_KEY only needs
the old one among its fallbacks, and no receiver notices. Who has the database alone can sign nothing.
"""

import base64
import secrets
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PREFIX = "whsec_"
_SECRET_BYTES = 32
_NONCE_BYTES = 12


class UnreadableSecretError(RuntimeError):
    """None of the platform's keys opens it: the key that sealed it is gone, or the row was tampered with."""


def new_secret() -> str:
    """256 random bits, spelled as the receivers' libraries read them (standard-webhooks, "Signature scheme")."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def seal(secret: str, endpoint_id: uuid.UUID) -> bytes:
    """The secret as the database keeps it; it opens for this endpoint's row alone."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(_keys()[0]).encrypt(nonce, secret.encode(), endpoint_id.bytes)


def unseal(sealed: bytes, endpoint_id: uuid.UUID) -> str:
    """The secret. Raises UnreadableSecretError."""
    nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    for key in _keys():
        try:
            return AESGCM(key).decrypt(nonce, rest, endpoint_id.bytes).decode()
        except InvalidTag:
            continue
    raise UnreadableSecretError("The secret was sealed with a key that isn't there any more.")


def _keys() -> list[bytes]:
    return [_derived(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _derived(key: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"gatehouse webhook secrets").derive(key.encode())
