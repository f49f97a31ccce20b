"""The keys of trusted issuers: pasted, or fetched from where the issuer publishes them and kept for some minutes.

A key set that can't be fetched keeps nobody waiting twice: the failure is remembered for some seconds too.
"""

import json
import threading
import time
import uuid
from dataclasses import dataclass

from django.conf import settings
from joserfc.jwk import KeySet

from broker.models import TrustedIssuer
from kernel.language import said
from kernel.outbound import OutboundError, fetch

MAX_BYTES = 64_000
MAX_KEYS = 20
FETCH_SECONDS = 3.0
KEPT_SECONDS = 300.0
FAILURE_KEPT_SECONDS = 15.0
_MAX_ISSUERS = 1_000
_RSA_2048_CHARACTERS = 342


@dataclass(frozen=True, slots=True)
class _Held:
    until: float
    url: str
    keys: KeySet | None


_held: dict[uuid.UUID, _Held] = {}
_lock = threading.Lock()


class KeySetError(ValueError):
    """It isn't a set of public keys; the text says why, for who brought it."""


def keys_of(issuer: TrustedIssuer) -> KeySet:
    """The issuer's keys. Raises OutboundError while they can't be fetched."""
    if issuer.keys is not None:
        return read_key_set(issuer.keys)
    held = _held.get(issuer.id)
    if held is None or held.url != issuer.keys_url or held.until < time.monotonic():
        held = _hold(issuer)
    if held.keys is None:
        raise OutboundError("The issuer's keys couldn't be fetched a moment ago.")
    return held.keys


def fetch_key_set(url: str) -> KeySet:
    """The key set under an address. Raises OutboundError."""
    body = fetch(
        url, max_bytes=MAX_BYTES, seconds=FETCH_SECONDS, allow_private=settings.OUTBOUND_PRIVATE_ADDRESSES_ALLOWED
    )
    try:
        return read_key_set(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise OutboundError("There is no key set (RFC 7517) under this address.") from error


def read_key_set(content: object) -> KeySet:
    """The public keys of a JWK set. Raises ValueError for what isn't one, for secrets and for private keys.

    Where the words are ours it is a KeySetError.
    """
    keys = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(keys, list) or not 0 < len(keys) <= MAX_KEYS:
        raise KeySetError(said("A key set has between 1 and {most} keys.").format(most=MAX_KEYS))
    for key in keys:
        if not isinstance(key, dict) or key.get("kty") not in {"EC", "RSA", "OKP"} or "d" in key:
            raise KeySetError(said("A key set holds public EC, RSA or OKP keys only."))
        if key["kty"] == "RSA" and len(str(key.get("n", ""))) < _RSA_2048_CHARACTERS:
            raise KeySetError(said("RSA keys must have 2048 bits or more."))
    return KeySet.import_key_set({"keys": keys})


def _hold(issuer: TrustedIssuer) -> _Held:
    try:
        keys, kept = fetch_key_set(issuer.keys_url), KEPT_SECONDS
    except OutboundError:
        keys, kept = None, FAILURE_KEPT_SECONDS
    held = _Held(time.monotonic() + kept, issuer.keys_url, keys)
    with _lock:
        if len(_held) >= _MAX_ISSUERS:
            _held.clear()
        _held[issuer.id] = held
    return held
