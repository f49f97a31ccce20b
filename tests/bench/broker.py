"""The broker beside django-oauth-toolkit's defaults and oidc-provider."""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack

from embedded.management import PROJECT, manage
from embedded.ports import Ports
from embedded.process import Process
from embedded.provisioning import OWNER
from embedded.stack import Stack
from tests.bench.rounds import Target, compare
from tests.bench.servers import DOOR, asked, await_start, form_request, printed, settings, start

PEER = PROJECT / "tests" / "bench" / "oidc_provider"
GATEHOUSE, DEFAULTS, OIDC = "Gatehouse", "django-oauth-toolkit's defaults", "oidc-provider on Redis"


def measure_broker(servers: Stack, running: ExitStack) -> None:
    """Print introspection and issuance, side by side."""
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


def gatehouse(servers: Stack, port: int, running: ExitStack, behind: Mapping[str, int]) -> dict[str, Target]:
    """Our broker with a server app of the demo's."""
    environment = settings(servers, port)
    manage(environment, ["migrate", "--verbosity=0"])
    manage(environment, ["provision_storage"])
    manage(environment, ["demo"])
    client_id, secret = printed(environment, "tests.bench.server_app").split()
    pid = start(running, "Gatehouse", "config.rsgi:application", port, environment, servers, DOOR)
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
    issuance = form_request(port, paths[0], client, {"grant_type": "client_credentials", "scope": scope})
    token = asked(port, issuance)["access_token"]
    introspection = form_request(port, paths[1], client, {"token": token})
    if asked(port, introspection)["active"] is not True:
        raise RuntimeError(f"{name} doesn't know its own token.")
    return {
        "issuance": Target(name, port, issuance, pid, behind),
        "introspection": Target(name, port, introspection, pid, behind),
    }
