"""A scanner that somebody else would run: an HTTP server that reads questions as a stranger's program would."""

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from standardwebhooks import Webhook

from kernel import clock


@dataclass
class Asked:
    """One question as it came over the wire; `text` is exactly what was signed."""

    headers: dict[str, str]
    text: str
    file: bytes

    @property
    def data(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.text)["data"]
        return told


@dataclass
class Reply:
    """What it says; `changes` spoil the headers of an honest answer, `secret` signs in another's name."""

    status: int = 200
    told: dict[str, Any] | bytes = field(default_factory=lambda: {"verdict": "clean"})
    changes: dict[str, str] = field(default_factory=dict)
    secret: str = ""


class OutsideServer:
    """Answers questions on a port of its own; `reply` decides what it says of each."""

    def __init__(self) -> None:
        self.secret = ""
        self.asked: list[Asked] = []
        self.reply: Callable[[Asked], Reply] = lambda _: Reply()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/scan"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def says(self, verdict: str, **more: Any) -> None:
        self.reply = lambda _: Reply(told={"verdict": verdict, **more})

    def _answer(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        asked = _read(headers, body)
        Webhook(self.secret).verify(asked.text, headers)
        self.asked.append(asked)
        reply = self.reply(asked)
        told = {"sha256": hashlib.sha256(asked.file).hexdigest()} | reply.told if isinstance(reply.told, dict) else None
        text = json.dumps(told).encode() if told else reply.told
        assert isinstance(text, bytes)
        return reply.status, self._signed(headers["webhook-id"], text, reply), text

    def _signed(self, question: str, text: bytes, reply: Reply) -> dict[str, str]:
        now = clock.now()
        signature = Webhook(reply.secret or self.secret).sign(question, now, text.decode("latin-1"))
        headers = {"webhook-id": question, "webhook-timestamp": str(int(now.timestamp()))}
        return headers | {"webhook-signature": signature, "Content-Type": "application/json"} | reply.changes

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outside = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                told = {name.lower(): value for name, value in self.headers.items()}
                status, headers, text = outside._answer(told, body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _read(headers: dict[str, str], body: bytes) -> Asked:
    """The two parts, by another reader of multipart/form-data than our writer."""
    whole = message_from_bytes(b"Content-Type: " + headers["content-type"].encode() + b"\r\n\r\n" + body, policy=HTTP)
    parts = {part.get_param("name", header="content-disposition"): part for part in whole.iter_parts()}  # type: ignore[attr-defined]
    question, file = (parts[name].get_payload(decode=True) for name in ("question", "file"))
    return Asked(headers, question.decode(), file)
