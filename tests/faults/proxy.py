"""A loopback proxy that misbehaves as it is told: between the platform and a server that is in order."""

import contextlib
import enum
import select
import socket
import threading
from types import TracebackType
from typing import Self


class Fault(enum.Enum):
    """What happens to a connection from now on."""

    NONE = "passes everything on"
    HANG = "takes what is sent and says nothing"
    SLOW = "says everything late"
    CUT = "closes after the first bytes of an answer"
    REFUSE = "closes at once"
    ERROR = "answers 503 SlowDown to every HTTP request"
    BROKEN = "answers 500 InternalError to every HTTP request"


def _http_error(status: str, code: str) -> bytes:
    body = f"<Error><Code>{code}</Code><Message>Not now.</Message><Resource>/</Resource></Error>"
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/xml\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


_ERRORS = {
    Fault.ERROR: _http_error("503 Slow Down", "SlowDown"),
    Fault.BROKEN: _http_error("500 Internal Server Error", "InternalError"),
}


class FaultProxy:
    """Listens on a port of its own; `fault` may be changed at any moment.

    `late_seconds` is for SLOW, `cut_after` for CUT: so many bytes of an answer are let through.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.fault, self.late_seconds, self.asked = Fault.NONE, 1.0, 0
        self.cut_after = 20
        self._ended = threading.Event()
        self._open: set[socket.socket] = set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._listener.close()
        self.drop()

    def drop(self) -> None:
        """Close every connection that is open."""
        for each in list(self._open):
            _close(each)

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            self.asked += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        self._open.add(client)
        with contextlib.suppress(OSError), client:
            if self.fault is Fault.REFUSE:
                return
            if self.fault in _ERRORS:
                client.recv(65536)
                client.sendall(_ERRORS[self.fault])
                return
            with socket.create_connection(self._target) as server:
                self._open.add(server)
                self._pass_on(client, server)
                self._open.discard(server)
        self._open.discard(client)

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        while not self._ended.is_set():
            readable, _, _ = select.select([client, server], [], [], 0.05)
            for side in readable:
                data = side.recv(65536)
                if not data:
                    return
                if not self._hand_over(data, client, server, side is server):
                    return

    def _hand_over(self, data: bytes, client: socket.socket, server: socket.socket, is_answer: bool) -> bool:
        """Whether the connection lives on."""
        if self.fault is Fault.HANG:
            return True
        if self.fault in {Fault.REFUSE, *_ERRORS}:
            return False
        if self.fault is Fault.SLOW and is_answer:
            self._ended.wait(self.late_seconds)
        if self.fault is Fault.CUT and is_answer:
            client.sendall(data[: self.cut_after])
            return False
        (client if is_answer else server).sendall(data)
        return True


def _close(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        each.close()
