"""From a request as granian's RSGI gives it to the environment that Django reads (PEP 3333)."""

import io
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol

_SAME_ALWAYS: Mapping[str, Any] = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}
_WITHOUT_PREFIX = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


class Headers(Protocol):
    """A request's headers, their names in lower case."""

    def items(self) -> list[tuple[str, str]]:
        """Each line by itself."""

    def get(self, key: str, default: Any = None) -> Any:
        """One of a name's lines."""


class Scope(Protocol):
    """A request without its body (RSGI's specification, "HTTP scope")."""

    http_version: str
    method: str
    path: str
    query_string: str
    scheme: str
    client: str
    server: str
    authority: str | None
    headers: Headers


def environment(scope: Scope, body: bytes) -> dict[str, Any]:
    """What Django is given. The path comes decoded; PEP 3333 wants its bytes as Latin-1."""
    host, _, port = scope.server.rpartition(":")
    made = {
        **_SAME_ALWAYS,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
    }
    _add_headers(made, scope)
    made.setdefault("CONTENT_LENGTH", str(len(body)))  # a body in chunks has none of its own
    return made


def _add_headers(made: dict[str, Any], scope: Scope) -> None:
    """Names with an underscore are left out: they would look like others that a proxy sets."""
    for name, value in scope.headers.items():
        variable = _variable(name)
        if variable in made and variable != "CONTENT_LENGTH":
            made[variable] += f"{'; ' if name == 'cookie' else ','}{value}"
        elif variable:
            made[variable] = value
    if scope.authority and "HTTP_HOST" not in made:
        made["HTTP_HOST"] = scope.authority


@lru_cache(maxsize=512)
def _variable(name: str) -> str:
    return "" if "_" in name else _WITHOUT_PREFIX.get(name) or "HTTP_" + name.upper().replace("-", "_")
