"""A key service for the S3 server, so that files can be encrypted with a customer's own key without a cloud."""

import base64
import secrets
import sys
from collections.abc import Iterable
from pathlib import Path

from embedded import private_files
from embedded.part import Part
from embedded.ports import listens
from embedded.process import Process
from embedded.transit import TOKEN_VARIABLE

DEMO_KEY = "acme-documents"
"""The key that the demonstration's owner finds in it."""


class KeyService(Part):
    """One service on the loopback interface, which knows the keys of its folder."""

    def __init__(self, folder: Path, port: int, token: str, log: Path, *, keys: Iterable[str] = ()) -> None:
        self.folder, self.port, self.token = folder.absolute(), port, token
        self._names = tuple(keys)
        command = [sys.executable, "-m", "embedded.transit", str(port), str(self.folder)]
        self.process = Process(
            "Key service", command, log, folder=Path(__file__).parents[1], environment={TOKEN_VARIABLE: token}
        )

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Make its keys where they are missing, and start it."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in self._names:
            self.make(name)
        self.process.start()

    def wait_until_ready(self) -> None:
        """Wait until it listens."""
        self.process.wait_until(lambda: listens(self.port), 20)

    def make(self, name: str) -> None:
        """A key of this name, unless there is one."""
        if not self._file(name).exists():
            private_files.write(self._file(name), base64.b64encode(secrets.token_bytes(32)).decode())

    def take_away(self, name: str) -> None:
        """Let the key open and close nothing any more, as its owner may at any time."""
        self._file(name).unlink()

    def for_storage(self) -> dict[str, object]:
        """The S3 server's settings by which it finds this."""
        provider = {"type": "openbao", "address": self.url, "token": self.token, "cache_ttl": "1m"}
        return {"default_provider": "keys", "providers": {"keys": provider}}

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.key"
