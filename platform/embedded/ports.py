"""Free ports, chosen once and remembered, so that a second start has the same addresses."""

import atexit
import json
import random
import socket
from pathlib import Path

from embedded import private_files

_RANGE = range(20_000, 32_000)
"""Below the ports that the kernel lends to clients: none of those can take a server's place between two starts."""


class Ports:
    """The ports of one data folder, by name."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}

    def port(self, name: str) -> int:
        """The remembered port where it is still free, else another free one."""
        if name not in self._known or not is_free(self._known[name]):
            self._known[name] = self._choose()
            private_files.write(self._file, json.dumps(self._known, indent=1))
        return self._known[name]

    def _choose(self) -> int:
        """A free port outside the remembered ones, kept from others who choose as long as this process lives."""
        for port in random.sample(_RANGE, len(_RANGE)):
            if port not in self._known.values() and _claim(port):
                return port
        raise OSError(f"No port from {_RANGE.start} to {_RANGE.stop} is free.")


def _claim(port: int) -> bool:
    """Bind the port without listening, so that nobody else chooses it; False where it is taken.

    Address reuse is off while binding, so that a second claim fails, and on afterwards, so that the server for which
    it is kept, which allows it too, can listen there.
    """
    claim = socket.socket()
    try:
        claim.bind(("127.0.0.1", port))
    except OSError:
        claim.close()
        return False
    claim.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    atexit.register(claim.close)
    return True


def is_free(port: int) -> bool:
    """Whether a server could listen there on the loopback interface."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def listens(port: int) -> bool:
    """Whether something accepts connections on this port of the loopback interface."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
