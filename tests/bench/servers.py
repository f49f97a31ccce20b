"""The servers that are measured, each one process, on servers of the bench's own."""

import base64
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlencode

from embedded.management import PROJECT
from embedded.process import Process, stop_all
from embedded.stack import Stack

_GRANIAN = "granian --no-ws --workers 1 --host 127.0.0.1 --log-level warning"
WSGI = f"{_GRANIAN} --interface wsgi --blocking-threads 8"
DOOR = f"{_GRANIAN} --interface rsgi --loop uvloop"
ASGI = f"{_GRANIAN} --interface asgi"


@contextmanager
def stack() -> Iterator[Stack]:
    """Servers of the bench's own, PostgreSQL as durable as in production."""
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=PROJECT / ".data"))
    folder.chmod(0o755)
    servers = Stack(folder, durable=True)
    try:
        servers.start()
        yield servers
    finally:
        servers.remove()
        shutil.rmtree(folder, ignore_errors=True)


def settings(servers: Stack, port: int) -> dict[str, str]:
    """Gatehouse's environment, with rates that nobody reaches and room for whoever waits."""
    return {
        **servers.environment(),
        "PYTHONPATH": f"{PROJECT}:{PROJECT / 'platform'}",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "APP_REQUESTS_PER_MINUTE": "3000000",
        "APP_REQUESTS_BURST": "400000",
        "WEB_WAITING_ROOM": "256",
    }


def printed(environment: Mapping[str, str], module: str, *arguments: str) -> str:
    """What a program of the bench printed. Raises CalledProcessError."""
    command = [sys.executable, "-m", module, *arguments]
    made = subprocess.run(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True, cwd=PROJECT
    )
    return made.stdout


def start(
    running: ExitStack,
    name: str,
    application: str,
    port: int,
    environment: Mapping[str, str],
    servers: Stack,
    granian: str = WSGI,
) -> int:
    """A granian with one process; its pid."""
    command = [sys.executable, "-m", *granian.split(), "--port", str(port), application]
    process = Process(name, command, servers.logs / f"{name}.log", folder=PROJECT, environment=environment)
    return await_start(running, process, port)


def await_start(running: ExitStack, process: Process, port: int) -> int:
    """The pid, once the port answers."""
    running.callback(stop_all, [process])
    process.start()
    process.wait_until(lambda: answers(port), 30)
    return process.pid


def answers(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/nothing")
        return bool(connection.getresponse().status)
    except OSError:
        return False


def form_request(port: int, path: str, client: tuple[str, str], form: Mapping[str, str]) -> bytes:
    """A whole request with a form, by HTTP Basic."""
    proof = base64.b64encode(":".join(client).encode()).decode()
    return request(port, "POST", path, f"Basic {proof}", urlencode(form), "application/x-www-form-urlencoded")


def json_request(port: int, method: str, path: str, token: str, content: object = None) -> bytes:
    """A whole request of the API's."""
    body = "" if content is None else json.dumps(content)
    return request(port, method, path, f"Bearer {token}", body, "application/json")


def request(port: int, method: str, path: str, proof: str, body: str, content_type: str) -> bytes:
    """A whole request."""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {proof}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def asked(port: int, content: bytes) -> dict[str, object]:
    """One answer. Raises RuntimeError for anything but success."""
    head, _, body = content.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    method, path, _version = lines[0].split(" ")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body, dict(line.split(": ", 1) for line in lines[1:]))
    answer = connection.getresponse()
    told = answer.read()
    if answer.status not in {200, 201}:
        raise RuntimeError(f"{path} answered {answer.status}: {told[:300]!r}")
    return dict(json.loads(told))
