r"""A client of clamd's INSTREAM command: the file goes by in chunks, and nothing is awaited for ever.

Source: clamd(8), section COMMANDS: `zINSTREAM\0`, then chunks as <length: 4 bytes, network order><data>, at the
end a chunk of length zero; replies end with NUL. clamd closes the connection when the stream exceeds
StreamMaxLength.
"""

import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from scanning.engines.port import EngineUnavailableError

LARGEST_FILE_BYTES = 2**31 - 2
"""clamd can't look into files of 2 GiB or more, whatever is configured: it calls them OK unread."""

_CONNECT_SECONDS = 3.0
_PATIENCE_SECONDS = 150.0
"""More than clamd's MaxScanTime (120 s by default), after which it answers that a limit was exceeded."""

_SLOWEST_BYTES_PER_SECOND = 1_000_000
_CHUNK_BYTES = 128 * 1024
_LONGEST_REPLY = 4096
_SIZE_LIMIT_REPLY = "INSTREAM size limit exceeded"


class BeyondEngineLimitError(EngineUnavailableError):
    """clamd's configuration doesn't let it see the whole file, so nobody can call it clean.

    The file waits until an operator raises StreamMaxLength and MaxFileSize; the next attempt then goes through.
    """


@dataclass(frozen=True, slots=True)
class Address:
    """Where clamd listens: a path of a Unix socket, or a host and a port."""

    path: str = ""
    host: str = ""
    port: int = 0

    @classmethod
    def parse(cls, url: str) -> "Address":
        """From `tcp://host:port` or `unix:///path`. Raises ValueError for anything else."""
        parts = urlsplit(url)
        if parts.scheme == "unix" and not parts.netloc and len(parts.path) > 1:
            return cls(path=parts.path)
        if parts.scheme == "tcp" and parts.hostname and parts.port:
            return cls(host=parts.hostname, port=parts.port)
        raise ValueError("clamd's address is tcp://host:port or unix:///path.")

    def connect(self, seconds: float) -> socket.socket:
        """A connected socket. Raises OSError."""
        if not self.path:
            return socket.create_connection((self.host, self.port), seconds)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(seconds)
        try:
            connection.connect(self.path)
        except OSError:
            connection.close()
            raise
        return connection


@dataclass(frozen=True, slots=True)
class Clamd:
    """One scanner. It may take `patience_seconds`, and a second more for every `bytes_per_second` bytes."""

    address: Address
    patience_seconds: float = _PATIENCE_SECONDS
    bytes_per_second: int = _SLOWEST_BYTES_PER_SECOND

    def version(self) -> str:
        """Its version and that of its signatures, such as `ClamAV 1.4.3/27800/…`."""
        with self._conversation("asking for the version", time.monotonic() + _CONNECT_SECONDS) as connection:
            connection.send(b"zVERSION\0")
            return connection.reply()

    def scan(self, chunks: Iterable[bytes], size: int) -> str:
        """Stream `size` bytes; returns its reply about them, such as `stream: OK`.

        Raises EngineUnavailableError for everything that isn't a whole reply to a whole file.
        """
        if size > LARGEST_FILE_BYTES:
            raise BeyondEngineLimitError(f"clamd can't look into files of {size:,} bytes.")
        deadline = time.monotonic() + self.patience_seconds + size / self.bytes_per_second
        with self._conversation("scanning", deadline) as connection:
            reply = _stream(connection, chunks, size)
        if reply.startswith(_SIZE_LIMIT_REPLY):
            raise BeyondEngineLimitError(f"A file of {size:,} bytes is beyond clamd's StreamMaxLength.")
        return reply

    @contextmanager
    def _conversation(self, purpose: str, deadline: float) -> "Iterator[_Connection]":
        try:
            with self.address.connect(_CONNECT_SECONDS) as plain:
                yield _Connection(plain, deadline)
        except OSError as error:
            raise EngineUnavailableError(f"clamd failed while {purpose}: {type(error).__name__}.") from error


class _Connection:
    """A socket with one deadline for all that happens on it, however slowly it drips."""

    def __init__(self, plain: socket.socket, deadline: float) -> None:
        self._plain, self._deadline = plain, deadline

    def send(self, data: bytes) -> None:
        self._wait_no_longer()
        self._plain.sendall(data)

    def reply(self) -> str:
        """The reply up to its NUL. Raises EngineUnavailableError when it ends before."""
        received = b""
        while not received.endswith(b"\0"):
            self._wait_no_longer()
            part = self._plain.recv(_LONGEST_REPLY)
            received += part
            if not part or len(received) > _LONGEST_REPLY:
                raise EngineUnavailableError("clamd's reply has no end.")
        return received[:-1].decode("ascii", "replace")

    def _wait_no_longer(self) -> None:
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        self._plain.settimeout(remaining)


def _stream(connection: _Connection, chunks: Iterable[bytes], size: int) -> str:
    connection.send(b"zINSTREAM\0")
    try:
        _send_all(connection, chunks, size)
    except (BrokenPipeError, ConnectionResetError):
        # It closes its side once the stream is beyond its limit; the reason may still wait to be read.
        return connection.reply()
    return connection.reply()


def _send_all(connection: _Connection, chunks: Iterable[bytes], size: int) -> None:
    sent = 0
    for piece in _pieces(chunks):
        connection.send(len(piece).to_bytes(4, "big") + piece)
        sent += len(piece)
    if sent != size:
        raise EngineUnavailableError(f"The file should have {size:,} bytes, {sent:,} were read.")
    connection.send(bytes(4))


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Never empty, since an empty one ends the stream, and never so large that sending it is a long silence."""
    for chunk in chunks:
        for start in range(0, len(chunk), _CHUNK_BYTES):
            yield chunk[start : start + _CHUNK_BYTES]
