"""The requests of a Vault or OpenBao transit engine that an S3 server makes, answered from keys in a folder.

    python -m embedded.transit PORT FOLDER     with the caller's token in KEY_SERVICE_TOKEN

It stands in for a customer's key service where there is none: storage asks it over HTTP like the real one. Each key is
a file that is read for every request, so a key that its owner takes away opens nothing from then on.
"""

import base64
import hmac
import json
import os
import re
import secrets
import sys
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN_VARIABLE = "KEY_SERVICE_TOKEN"  # noqa: S105 - a name
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_PREFIX, _NONCE_BYTES, _MOST_BYTES = "vault:v1:", 12, 64 * 1024

Wish = Mapping[str, Any]


class RefusedError(Exception):
    """A request that gets this status and no data."""

    def __init__(self, status: int, words: str) -> None:
        self.status, self.words = status, words
        super().__init__(words)


def described(name: str, _key: bytes, _wish: Wish) -> dict[str, str]:
    """What kind of key it is."""
    return {"name": name, "type": "aes256-gcm96"}


def encrypted(_name: str, key: bytes, wish: Wish) -> dict[str, str]:
    """The plaintext under the key, bound to the context."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, base64.b64decode(wish["plaintext"]), _context(wish))
    return {"ciphertext": _PREFIX + base64.b64encode(nonce + sealed).decode()}


def decrypted(_name: str, key: bytes, wish: Wish) -> dict[str, str]:
    """The plaintext again. Raises RefusedError for another key's or another context's ciphertext."""
    sealed = base64.b64decode(str(wish["ciphertext"]).removeprefix(_PREFIX))
    try:
        plain = AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _context(wish))
    except InvalidTag as error:
        raise RefusedError(400, "cipher: message authentication failed") from error
    return {"plaintext": base64.b64encode(plain).decode()}


_OPERATIONS: dict[str, Callable[[str, bytes, Wish], dict[str, str]]] = {
    "keys": described, "encrypt": encrypted, "decrypt": decrypted,
}  # fmt: skip


def answer(path: str, token: str, body: bytes, folder: Path) -> dict[str, str]:
    """The data of `/v1/transit/<operation>/<key>`. Raises RefusedError."""
    if not hmac.compare_digest(token.encode(), os.environ[TOKEN_VARIABLE].encode()):
        raise RefusedError(403, "permission denied")
    match path.strip("/").split("/"):
        case ["v1", "transit", operation, name] if operation in _OPERATIONS and _NAME.fullmatch(name):
            file = folder / f"{name}.key"
        case _:
            raise RefusedError(404, "no handler for route")
    try:
        return _OPERATIONS[operation](name, base64.b64decode(file.read_bytes()), json.loads(body or b"{}"))
    except FileNotFoundError as error:
        raise RefusedError(404, "encryption key not found") from error
    except (ValueError, KeyError) as error:
        raise RefusedError(400, "malformed request") from error


def _context(wish: Wish) -> bytes | None:
    return base64.b64decode(wish["context"]) if wish.get("context") else None


class _Handler(BaseHTTPRequestHandler):
    folder: Path

    def do_GET(self) -> None:  # the name is the base class's
        """Answer any method alike: clients of transit use GET, PUT and POST."""
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), _MOST_BYTES))
        try:
            data = answer(self.path, self.headers.get("X-Vault-Token", ""), body, self.folder)
        except RefusedError as refused:
            self._say(refused.status, {"errors": [refused.words]})
        else:
            self._say(200, {"data": data})

    do_PUT = do_POST = do_GET  # noqa: N815 - the names are the base class's

    def _say(self, status: int, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main(port: str, folder: str) -> None:
    """Serve on the loopback interface until the process is ended."""
    _Handler.folder = Path(folder)
    ThreadingHTTPServer(("127.0.0.1", int(port)), _Handler).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
