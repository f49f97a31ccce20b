"""`make bench`: the broker beside django-oauth-toolkit's defaults and oidc-provider, on one machine in one run."""

import base64
import http.client
import json
import os
import platform
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlencode

from embedded.management import PROJECT, manage
from embedded.ports import Ports
from embedded.process import Process, stop_all
from embedded.provisioning import OWNER
from embedded.stack import Stack
from tests.bench.rounds import Target, measure, table

GRANIAN = "granian --interface wsgi --no-ws --workers 1 --blocking-threads 4 --host 127.0.0.1 --log-level warning"
PEER = PROJECT / "tests" / "bench" / "oidc_provider"
GATEHOUSE, DEFAULTS, OIDC = "Gatehouse", "django-oauth-toolkit's defaults", "oidc-provider on Redis"


def main() -> None:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; each server one process")
    with stack() as servers, ExitStack() as running:
        ports = Ports(servers.data / "bench-ports.json")
        behind = {"PostgreSQL": servers.postgres.process.pid, "Valkey": servers.valkey.process.pid}
        peers = [
            gatehouse(servers, ports.port("gatehouse"), running, behind),
            defaults(servers, ports.port("defaults"), running, behind),
        ]
        if shutil.which("npm"):
            peers.append(oidc(servers, ports.port("oidc"), running, behind))
        else:
            print("Node is not installed: oidc-provider was left out.")
        compare("Introspection", [peer["introspection"] for peer in peers])
        compare("Issuance by client credentials, ours durable", [peer["issuance"] for peer in peers])


def compare(what: str, targets: list[Target]) -> None:
    """Measure and print, against the last peer."""
    for connections in (1, 32):
        print(f"\n{what}, {connections} connection{'s' if connections > 1 else ''}")
        print(table(measure(targets, connections), against=targets[-1].name))


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


def gatehouse(servers: Stack, port: int, running: ExitStack, behind: Mapping[str, int]) -> dict[str, Target]:
    """Our broker with a server app of the demo's."""
    environment = {
        **servers.environment(),
        "PYTHONPATH": f"{PROJECT}:{PROJECT / 'platform'}",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "APP_REQUESTS_PER_MINUTE": "60000000",
        "APP_REQUESTS_BURST": "1000000",
    }
    manage(environment, ["migrate", "--verbosity=0"])
    manage(environment, ["demo"])
    made = subprocess.run(
        [sys.executable, "-m", "tests.bench.server_app"], env={**os.environ, **environment}, capture_output=True,
        text=True, check=True, cwd=PROJECT,
    )  # fmt: skip
    client_id, secret = made.stdout.split()
    pid = start(running, "Gatehouse", "config.wsgi:application", port, environment, servers)
    return targets(
        GATEHOUSE, port, pid, behind, (client_id, secret), ("/oauth/token", "/oauth/introspect"), "files:list"
    )


def defaults(servers: Stack, port: int, running: ExitStack, behind: Mapping[str, int]) -> dict[str, Target]:
    """The library as it comes."""
    secret = secrets.token_urlsafe(32)
    environment = {
        "PYTHONPATH": f"{PROJECT}:{PROJECT / 'platform'}",
        "BENCH_DATABASE_URL": servers.postgres.url_for(OWNER),
        "BENCH_SECRET": secret,
        "DJANGO_SETTINGS_MODULE": "",
    }
    command = [sys.executable, "-m", "tests.bench.defaults"]
    subprocess.run(command, env={**os.environ, **environment}, check=True, cwd=PROJECT)
    pid = start(running, "Defaults", "tests.bench.defaults:application", port, environment, servers)
    return targets(DEFAULTS, port, pid, behind, ("bench", secret), ("/o/token/", "/o/introspect/"), "introspection")


def oidc(servers: Stack, port: int, running: ExitStack, behind: Mapping[str, int]) -> dict[str, Target]:
    """The peer, installed from its lock of hashes."""
    if not (PEER / "node_modules").exists():
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=PEER, check=True)
    secret = secrets.token_urlsafe(32)
    command = ["node", str(PEER / "server.mjs"), str(port), servers.valkey.url, secret]
    environment = {"NODE_ENV": "production"}
    process = Process("oidc-provider", command, servers.logs / "oidc.log", folder=PEER, environment=environment)
    pid = await_start(running, process, port)
    return targets(OIDC, port, pid, behind, ("bench", secret), ("/token", "/token/introspection"), "files")


def start(
    running: ExitStack, name: str, application: str, port: int, environment: Mapping[str, str], servers: Stack
) -> int:
    """A granian with one process; its pid."""
    command = [sys.executable, "-m", *GRANIAN.split(), "--port", str(port), application]
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


def targets(
    name: str,
    port: int,
    pid: int,
    behind: Mapping[str, int],
    client: tuple[str, str],
    paths: tuple[str, str],
    scope: str,
) -> dict[str, Target]:
    """The two requests of a server, both proven to work before anything is measured."""
    issuance = request(port, paths[0], client, {"grant_type": "client_credentials", "scope": scope})
    token = asked(port, issuance)["access_token"]
    introspection = request(port, paths[1], client, {"token": token})
    if asked(port, introspection)["active"] is not True:
        raise RuntimeError(f"{name} doesn't know its own token.")
    return {
        "issuance": Target(name, port, issuance, pid, behind),
        "introspection": Target(name, port, introspection, pid, behind),
    }


def request(port: int, path: str, client: tuple[str, str], form: Mapping[str, str]) -> bytes:
    """The whole request, by HTTP Basic."""
    body = urlencode(form)
    proof = base64.b64encode(":".join(client).encode()).decode()
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Basic {proof}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def asked(port: int, content: bytes) -> dict[str, object]:
    """One answer. Raises RuntimeError for anything but 200."""
    head, _, body = content.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    method, path, _version = lines[0].split(" ")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body, dict(line.split(": ", 1) for line in lines[1:]))
    answer = connection.getresponse()
    told = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}: {told[:300]!r}")
    return dict(json.loads(told))


if __name__ == "__main__":
    main()
