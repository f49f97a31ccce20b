"""Real HTTP servers that answer as a script says: for the faults that a healthy platform doesn't show."""

import json
import math
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What the script says. `cut` closes the connection without an answer; `torn` in the middle of one."""

    status: int = 200
    content: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""
    cut: bool = False
    torn: bool = False


Script = Callable[[Asked, int], Answer]


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up when they are cancelled: that is no error of the server's."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Server:
    """Answers by a script, which is told how many requests had the same method and path before."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.asked: list[Asked] = []
        self._lock = threading.Lock()
        self._http = _Http(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def answer(self, asked: Asked) -> Answer:
        with self._lock:
            earlier = sum((one.method, one.path) == (asked.method, asked.path) for one in self.asked)
            self.asked.append(asked)
        return self.script(asked, earlier)

    def lines(self) -> list[str]:
        return [f"{one.method} {one.path}" for one in self.asked]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _take(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                self._give(server.answer(Asked(self.command, self.path, headers, body, time.monotonic())))

            def _give(self, answer: Answer) -> None:
                if answer.cut:
                    self.close_connection = True
                    return
                body = answer.text.encode() if answer.content is None else json.dumps(answer.content).encode()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body) + 100 * answer.torn))
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = answer.torn

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _take  # noqa: N815 - http.server's names

            def log_message(self, *arguments: object) -> None:
                pass

        return Handler


def problem(status: int, code: str, *, wait: str | None = None, **more: Any) -> Answer:
    content = {"status": status, "code": code, "user_message": f"Words for {code}."} | more
    return Answer(status, content, {} if wait is None else {"Retry-After": wait})


class Gate:
    """A gate like the platform's (GCRA), so that a client can be seen to keep to a rate it was never told."""

    def __init__(self, limit: int, refill_s: float) -> None:
        self.limit, self.refill_s = limit, refill_s
        self.refused = 0
        self._arrival = 0.0
        self._lock = threading.Lock()

    def __call__(self, asked: Asked, earlier: int) -> Answer:
        with self._lock:
            now = time.monotonic()
            after = max(self._arrival, now) + self.refill_s
            room = now + self.limit * self.refill_s - after
            if room < 0:
                self.refused += 1
                return problem(429, "RATE_LIMITED", wait=str(math.ceil(-room)))
            self._arrival = after
        told = {"Limit": self.limit, "Remaining": math.floor(room / self.refill_s), "Reset": after - now}
        headers = {f"X-RateLimit-{name}": str(value) for name, value in told.items()}
        return Answer(200, {"id": "u", "state": "available"}, headers)


@dataclass
class Bucket:
    """Gatehouse and its storage in one server that takes forms and parts, as the API's contract says."""

    part_size: int = 10
    signed_at_once: int = 100
    knows_parts: bool = True
    storage: Callable[[int, int], Answer | None] = lambda number, earlier: None
    form: Callable[[int], Answer] = lambda earlier: Answer(204)
    state: str = "started"
    url: str = ""
    parts: dict[int, bytes] = field(default_factory=dict)
    form_body: bytes = b""
    announced: list[dict[str, Any]] = field(default_factory=list)
    signed: list[int] = field(default_factory=list)
    attempts: Counter[int] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, asked: Asked, earlier: int) -> Answer:
        if found := re.fullmatch(r"/bucket/(\d+)\?signature=\d+", asked.path):
            return self._store(int(found[1]), asked.body)
        if asked.path == "/form":
            self.form_body = asked.body
            return self.form(earlier)
        with self.lock:
            return self._api(asked)

    def stored(self) -> bytes:
        return b"".join(body for _, body in sorted(self.parts.items()))

    def _store(self, number: int, body: bytes) -> Answer:
        with self.lock:
            earlier = self.attempts[number]
            self.attempts[number] += 1
        answer = self.storage(number, earlier)
        if answer is None:
            self.parts[number] = body
        return answer or Answer(200, headers={"ETag": f'"{number}"'})

    def _api(self, asked: Asked) -> Answer:
        match f"{asked.method} {asked.path}":
            case "POST /uploads":
                return self._start(asked.json)
            case "POST /uploads/u1/parts":
                return Answer(200, {"parts": [self._sign(number) for number in asked.json["numbers"]]})
            case "GET /uploads/u1/parts":
                held = [{"number": number, "size": len(body), "etag": "e"} for number, body in self.parts.items()]
                return Answer(200, {"parts": held})
            case "POST /uploads/u1/complete":
                self.state = "received"
            case "POST /uploads/u1/abort":
                self.state = "aborted"
            case "GET /uploads/u1":
                pass
            case _:
                return problem(404, "NOT_FOUND")
        return Answer(200, {"id": "u1", "state": self.state})

    def _start(self, wish: dict[str, Any]) -> Answer:
        self.announced.append(wish)
        if wish.get("multipart") and not self.knows_parts:
            return problem(422, "VALIDATION")
        handed: dict[str, Any] = {"method": "POST", "url": f"{self.url}/form", "fields": {"key": "k", "policy": "p"}}
        if wish.get("multipart"):
            count = math.ceil(wish["size"] / self.part_size)
            parts = [self._sign(number) for number in range(1, min(count, self.signed_at_once) + 1)]
            handed = {"method": "PUT", "part_size": self.part_size, "part_count": count, "parts": parts}
        return Answer(201, {"id": "u1", "state": "started", "upload": handed, "expires_at": "2026-11-23T12:00:00Z"})

    def _sign(self, number: int) -> dict[str, Any]:
        self.signed.append(number)
        return {"number": number, "url": f"{self.url}/bucket/{number}?signature={len(self.signed)}"}
