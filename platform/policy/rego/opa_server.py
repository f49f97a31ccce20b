"""An OPA server as evaluator, for those who run one: its REST API v1 (data and policies).

Each module is sent under a package of its own, so that templates can't read one another there. Undefined builtins and
builtin errors are errors (`strict-builtin-errors`): by default OPA makes them undefined, and a refusal would be lost.
"""

import http.client
import json
import queue
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from policy.rego.port import MAX_ANSWER_BYTES, BrokenPolicyError, Module, PolicyBusyError

_PACKAGE = re.compile(r"(?m)^([ \t]*package[ \t]+)gatehouse\.template\b")
_ENVELOPE_BYTES = 2_000


class OpaServer:
    """Asks a server by its base URL, with a bearer token where it wants one.

    Raises ValueError for a URL that is none. Connections are kept, each lent to one asker at a time.
    """

    def __init__(self, url: str, token: str = "", deadline_seconds: float = 0.1) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("An OPA server's address begins with http:// or https://.")
        self._secure, self._host, self._port = parts.scheme == "https", parts.hostname, parts.port
        self._base = parts.path.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._deadline = deadline_seconds
        self._idle: queue.LifoQueue[http.client.HTTPConnection] = queue.LifoQueue()
        self._sent: set[str] = set()

    def ask(self, module: Module, question: bytes) -> Mapping[str, Any]:
        """The entries' values. Raises BrokenPolicyError, PolicyBusyError."""
        until = time.monotonic() + self._deadline
        if module.digest not in self._sent:
            self._send(module, until)
        answer = self._answer(module, question, until)
        if "result" not in answer:  # the server was restarted and has forgotten the module
            self._send(module, until)
            answer = self._answer(module, question, until)
        result = answer.get("result")
        if not isinstance(result, dict):
            raise PolicyBusyError("The OPA server doesn't keep the module.")
        return {entry: result[entry] for entry in module.entries if entry in result}

    def end(self) -> None:
        """Close the connections that nobody uses."""
        while not self._idle.empty():
            self._idle.get_nowait().close()

    def _send(self, module: Module, until: float) -> None:
        text, replaced = _PACKAGE.subn(rf"\g<1>gatehouse.{_name(module)}", module.text, count=1)
        if not replaced:
            raise BrokenPolicyError("doesn't begin with its package")
        self._request("PUT", f"/v1/policies/gatehouse/{_name(module)}", text.encode(), "text/plain", until)
        self._sent.add(module.digest)

    def _answer(self, module: Module, question: bytes, until: float) -> Mapping[str, Any]:
        body = b'{"input":' + question + b"}"
        path = f"/v1/data/gatehouse/{_name(module)}?strict-builtin-errors=true"
        answer: Mapping[str, Any] = self._request("POST", path, body, "application/json", until)
        return answer

    def _request(self, method: str, path: str, body: bytes, content_type: str, until: float) -> Any:
        connection = self._connection(until)
        try:
            connection.request(method, self._base + path, body, {**self._headers, "Content-Type": content_type})
            response = connection.getresponse()
            content = _read(response, until)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise PolicyBusyError("The OPA server can't be reached in time.") from error
        except (BrokenPolicyError, PolicyBusyError):
            connection.close()
            raise
        self._idle.put(connection)
        return _content(response.status, content)

    def _connection(self, until: float) -> http.client.HTTPConnection:
        """A connection for one exchange, given as long as remains."""
        remaining = max(until - time.monotonic(), 0.001)
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            connection = kind(self._host, self._port)
        connection.timeout = remaining
        if connection.sock is not None:
            connection.sock.settimeout(remaining)
        return connection


def _name(module: Module) -> str:
    return f"t{module.digest}"


def _read(response: http.client.HTTPResponse, until: float) -> bytes:
    """The body; a server that drips it can't hold the asker much longer than the deadline."""
    body = b""
    while part := response.read1():
        body += part
        if len(body) > MAX_ANSWER_BYTES + _ENVELOPE_BYTES:
            raise BrokenPolicyError("said more than fits an answer")
        if time.monotonic() > until:
            raise PolicyBusyError("The OPA server takes too long.")
    response.read()  # nothing is left, and only this says so to the connection
    return body


def _content(status: int, body: bytes) -> Any:
    """The answer's content. OPA says 400 and 500 with a code and a message where module or evaluation is at fault."""
    try:
        content = json.loads(body or b"{}")
    except ValueError as error:
        raise PolicyBusyError("The OPA server's answer isn't JSON.") from error
    if status < 300 and isinstance(content, dict):
        return content
    if status in {400, 500} and isinstance(content, dict) and "message" in content:
        raise BrokenPolicyError(f"failed: {content['message']}")
    raise PolicyBusyError(f"The OPA server answered {status}.")
