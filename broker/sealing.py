"""Sealing a private key under the root key: AES-256-GCM with a key derived by HKDF (RFC 5869)."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.jwk import ECKey

_NONCE_BYTES = 12


class SealError(ValueError):
    """The bytes weren't sealed under this root, or not for this name."""


def seal(root: ECKey, content: bytes, name: str) -> bytes:
    """The content, readable only with the root and only under the same name."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(_derived(root)).encrypt(nonce, content, name.encode())


def unseal(root: ECKey, sealed: bytes, name: str) -> bytes:
    """What was sealed. Raises SealError."""
    try:
        return AESGCM(_derived(root)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name.encode())
    except InvalidTag as error:
        raise SealError("The seal doesn't open.") from error


def _derived(root: ECKey) -> bytes:
    secret = root.as_der(private=True)
    return HKDF(SHA256(), length=32, salt=None, info=b"gatehouse signing key ring").derive(secret)
