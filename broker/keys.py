"""The keys that tokens are signed and verified with (RFC 7517, RFC 7638)."""

import re
from functools import cache
from typing import Any

from django.conf import settings
from joserfc.jwk import ECKey, KeySet

_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.+?-----END [A-Z ]+-----", re.DOTALL)


@cache
def signing_key() -> ECKey:
    """The key that signs now. Raises ValueError for anything but an EC P-256 private key."""
    key = _key(settings.BROKER_SIGNING_KEY)
    if not key.is_private:
        raise ValueError("BROKER_SIGNING_KEY must be a private key.")
    return key


@cache
def verification_keys() -> KeySet:
    """The keys whose tokens are accepted: the present one and those before it."""
    return KeySet([signing_key(), *(_key(pem) for pem in _PEM.findall(settings.BROKER_PREVIOUS_KEYS))])


def public_keys() -> dict[str, Any]:
    """The JWK set that anyone may read."""
    return {"keys": [key.as_dict(private=False) for key in verification_keys().keys]}


def _key(pem: str) -> ECKey:
    imported = ECKey.import_key(pem.replace("\\n", "\n"), {"use": "sig", "alg": "ES256"})
    if imported.curve_name != "P-256":
        raise ValueError("Signing keys must be on the curve P-256.")
    return ECKey.import_key(pem.replace("\\n", "\n"), {"use": "sig", "alg": "ES256", "kid": imported.thumbprint()})
