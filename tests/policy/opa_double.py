"""A server that speaks OPA's REST API v1, as far as we use it, over the engine that the platform has.

No OPA binary can be had where the tests run. This shows that our client says and understands what OPA documents:
policies are text under an id, a document is asked for by its path with `input`, an undefined one is an empty object,
errors are 400 and 500 with `code` and `message`. It doesn't show that OPA and our engine agree on every module.
"""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import regorus


class OpaDouble(ThreadingHTTPServer):
    """What a test may ask for: to forget everything, to dawdle, to answer otherwise."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.policies: dict[str, str] = {}
        self.delay_seconds = 0.0
        self.instead: tuple[int, bytes] | None = None
        self.seen: list[tuple[str, str, str]] = []
        self.token = ""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gave up is what some tests are about."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def opa_double() -> Iterator[OpaDouble]:
    server = OpaDouble()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: OpaDouble

    def log_message(self, *_: Any) -> None:
        """Tests say what they saw themselves."""

    def do_PUT(self) -> None:
        name = self.path.removeprefix("/v1/policies/")
        module = self._body().decode()
        try:
            regorus.Engine().add_policy(name, module)
        except RuntimeError as error:
            self._say(400, {"code": "invalid_parameter", "message": str(error)[:200]})
            return
        self.server.policies[name] = module
        self._say(200, {})

    def do_POST(self) -> None:
        body, parts = self._body(), urlsplit(self.path)
        assert parse_qs(parts.query) == {"strict-builtin-errors": ["true"]}
        path = "data." + parts.path.removeprefix("/v1/data/").replace("/", ".")
        engine = regorus.Engine()
        for name, module in self.server.policies.items():
            engine.add_policy(name, module)
        engine.set_input_json(json.dumps(json.loads(body)["input"]))
        try:
            result = json.loads(engine.eval_query_as_json(path)).get("result", [])
        except RuntimeError as error:
            self._say(500, {"code": "internal_error", "message": str(error)[:200]})
            return
        self._say(200, {"result": result[0]["expressions"][0]["value"]} if result and self.server.policies else {})

    def _body(self) -> bytes:
        self.server.seen.append((self.command, self.path, self.headers.get("Authorization", "")))
        return self.rfile.read(int(self.headers["Content-Length"]))

    def _say(self, status: int, content: Any) -> None:
        threading.Event().wait(self.server.delay_seconds)
        status, raw = self.server.instead or (status, json.dumps(content).encode())
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)
