"""Virus scanners for tests: a real clamd with limits of our choice, and servers that answer what they are told."""

import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.ports import listens

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-" + b"STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"
"""The industry's harmless test file, put together here so that no scanner takes this checkout for infected."""


class OwnClamd:
    """One clamd that a test may kill and start again; `limits` are lines of clamd.conf."""

    def __init__(self, folder: Path, **limits: str) -> None:
        self.port, self._folder = _free_port(), folder
        settings = {
            "TCPSocket": str(self.port),
            "TCPAddr": "127.0.0.1",
            "DatabaseDirectory": str(folder),
            **limits,
        }
        (folder / "own.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
        (folder / "clamd.conf").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def start(self) -> None:
        binary = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
        assert binary, "clamd is not installed"
        command = [binary, "--foreground", f"--config-file={self._folder / 'clamd.conf'}"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not listens(self.port):
            assert self._process.poll() is None, "clamd ended by itself"

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()


@contextmanager
def answering(converse: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server whose every connection is handled by `converse`; yields its address, written as CLAMD_URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, converse), daemon=True)
        thread.start()
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _serve(listener: socket.socket, converse: Callable[[socket.socket], None]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            converse(connection)


def read_stream(connection: socket.socket) -> None:
    """Take a whole INSTREAM conversation, as clamd would."""
    with connection.makefile("rb") as incoming:
        assert incoming.read(10) == b"zINSTREAM\0"
        while length := int.from_bytes(incoming.read(4), "big"):
            incoming.read(length)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
