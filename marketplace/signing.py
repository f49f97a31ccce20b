"""The signature of a published version: who holds the platform's template key says that this document was published.

ECDSA on P-256 with SHA-256 (FIPS 186-5) over a canonical statement of template, version and digest, so that neither a
document can be changed nor a good one put under another name or number. TEMPLATE_SIGNING_KEY signs; it and
TEMPLATE_TRUSTED_KEYS verify. A process that only serves may be given a public key: it verifies and can't publish.
"""

import base64
import binascii
import functools
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from kernel.language import said
from policy.canonical import canonical_bytes

_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.+?-----END [A-Z ]+-----", re.DOTALL)
_ALGORITHM = ec.ECDSA(hashes.SHA256())


class SignatureError(ValueError):
    """The version isn't one that this platform published."""


class CannotSignError(RuntimeError):
    """This process has no private key to sign with."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What is signed: that this document is this version of this template."""

    template: str
    version: str
    digest: str

    def as_bytes(self) -> bytes:
        """The canonical form."""
        return canonical_bytes(
            {
                "schema": "gatehouse.signature/1",
                "template": self.template,
                "version": self.version,
                "digest": self.digest,
            }
        )


def sign(statement: Statement) -> str:
    """The signature as text: the key's name, a dot, base64. Raises CannotSignError."""
    key = _private(settings.TEMPLATE_SIGNING_KEY)
    signature = base64.b64encode(key.sign(statement.as_bytes(), _ALGORITHM)).decode()
    return f"{_name(key.public_key())}.{signature}"


def verify(statement: Statement, signature: str) -> None:
    """Raises SignatureError for a signature that is missing, malformed, of another key, or over something else."""
    _verified(statement, signature, settings.TEMPLATE_SIGNING_KEY, settings.TEMPLATE_TRUSTED_KEYS)


def key_names() -> tuple[str, ...]:
    """The names of the keys that verify, the signing one first. Raises ValueError where one is unusable."""
    return tuple(_trusted(settings.TEMPLATE_SIGNING_KEY, settings.TEMPLATE_TRUSTED_KEYS))


@functools.lru_cache(2048)
def _verified(statement: Statement, signature: str, signing: str, trusted: str) -> None:
    """Remembered for as long as the keys are what they are; a failure never is."""
    name, _, encoded = signature.partition(".")
    key = _trusted(signing, trusted).get(name)
    if key is None:
        raise SignatureError(said("It isn't signed by this platform."))
    try:
        key.verify(base64.b64decode(encoded, validate=True), statement.as_bytes(), _ALGORITHM)
    except (InvalidSignature, binascii.Error) as error:
        raise SignatureError(said("Its signature doesn't fit it.")) from error


@functools.cache
def _trusted(signing: str, trusted: str) -> dict[str, ec.EllipticCurvePublicKey]:
    keys = [_public(pem) for pem in (signing, *_PEM.findall(trusted.replace("\\n", "\n")))]
    return {_name(key): key for key in keys}


@functools.cache
def _private(pem: str) -> ec.EllipticCurvePrivateKey:
    if "PRIVATE KEY" not in pem:
        raise CannotSignError(said("TEMPLATE_SIGNING_KEY is a public key here, so nothing can be published."))
    key = serialization.load_pem_private_key(pem.replace("\\n", "\n").encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CannotSignError(said("TEMPLATE_SIGNING_KEY must be an EC key."))
    return key


def _public(pem: str) -> ec.EllipticCurvePublicKey:
    raw = pem.replace("\\n", "\n").encode()
    try:
        key = (
            serialization.load_pem_private_key(raw, None).public_key()
            if b"PRIVATE KEY" in raw
            else serialization.load_pem_public_key(raw)
        )
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("A template key must be PEM without a password.") from error
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise ValueError("Template keys must be on the curve P-256.")


def _name(key: ec.EllipticCurvePublicKey) -> str:
    """The first 128 bits of the SHA-256 of the key (RFC 5280 SubjectPublicKeyInfo), in hex."""
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()[:32]
