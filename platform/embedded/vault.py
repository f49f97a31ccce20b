"""The secrets of one data folder: made once, kept where only their owner reads them."""

import json
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from embedded import private_files

_WORDS = (  # noqa: SIM905 - a word a line would fill the page
    "amber birch cedar coral delta ember fjord grove hazel iris jade kite lake "
    "maple north ocean pearl quartz river stone tulip umber vale willow yarrow zephyr"
).split()


class Vault:
    """Named random values; asked for twice, the same."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}

    def secret(self, name: str) -> str:
        """256 random bits in text that fits any URL."""
        return self._keep(name, secrets.token_hex(32))

    def passphrase(self, name: str) -> str:
        """A password that a person can type."""
        words = [secrets.choice(_WORDS) for _ in range(4)]
        return self._keep(name, "-".join([*words, str(secrets.randbelow(900) + 100)]))

    def signing_key(self, name: str) -> str:
        """An EC P-256 private key as PEM."""
        return self._known.get(name) or self._keep(name, new_signing_key())

    def _keep(self, name: str, value: str) -> str:
        if name not in self._known:
            self._known[name] = value
            private_files.write(self._file, json.dumps(self._known, indent=1))
        return self._known[name]


def new_signing_key() -> str:
    """A new EC P-256 private key as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
