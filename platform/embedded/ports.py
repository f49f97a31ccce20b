"""Free ports, chosen once and remembered, so that a second start has the same addresses."""

import json
import socket
from pathlib import Path


class Ports:
    """The ports of one data folder, by name."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}

    def port(self, name: str) -> int:
        """The remembered port where it is still free, else another free one."""
        if name not in self._known or not _is_free(self._known[name]):
            self._known[name] = self._choose()
            self._file.write_text(json.dumps(self._known, indent=1))
        return self._known[name]

    def port_in_use(self, name: str) -> int:
        """The port that was given under this name, taken or not. Raises KeyError for a name never asked for."""
        return self._known[name]

    def _choose(self) -> int:
        while (port := _any_free()) in self._known.values():
            pass
        return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _any_free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Whether something accepts connections on this port of the loopback interface."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
