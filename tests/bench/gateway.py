"""The gateway's operations beside the least that Django does and the least that an upload's start needs."""

import json
from contextlib import ExitStack
from urllib.parse import quote

import psycopg

from embedded.management import PROJECT, manage
from embedded.ports import Ports
from embedded.provisioning import OWNER
from embedded.stack import Stack
from tests.bench.rounds import Target, compare
from tests.bench.servers import ASGI, DOOR, asked, json_request, printed, settings, start

EMPTY, REFERENCE = "an empty Django view", "bare ASGI: insert, trip, signature"
WISH = {"path": "cat.jpg", "size": 2000, "content_type": "image/jpeg"}
CONNECTIONS = (1, 8, 32)


def measure_gateway(servers: Stack, running: ExitStack) -> None:
    """Print uploadStart, getSignedUrl, a batch, and the listing of folders of three sizes."""
    ports = Ports(servers.data / "bench-ports.json")
    behind = {"PostgreSQL": servers.postgres.process.pid, "Valkey": servers.valkey.process.pid}
    port = ports.port("gatehouse")
    environment = settings(servers, port)
    manage(environment, ["migrate", "--verbosity=0"])
    manage(environment, ["provision_storage"])
    manage(environment, ["demo"])
    pid = start(running, "Gatehouse", "config.rsgi:application", port, environment, servers, DOOR)
    token = json.loads(printed(environment, "tests.bench.shelf"))

    def target(name: str, method: str, path: str, content: object = None) -> Target:
        request = json_request(port, method, f"/api/v1{path}", token["token"], content)
        asked(port, request)
        return Target(name, port, request, pid, behind)

    empty = floor(servers, running, ports.port("empty"), behind)
    reference = bare(servers, running, ports.port("reference"), behind)
    compare("uploadStart", [target("uploadStart", "POST", "/uploads", WISH), reference, empty], CONNECTIONS)
    signed = target("getSignedUrl", "POST", f"/files/{token['file']}/signed-url", {})
    compare("getSignedUrl", [signed, empty], CONNECTIONS)
    pages = [
        target(f"{which} page of {int(size):,} files", "GET", f"/files?folder={quote(f'of {size}')}{cursor}")
        for size, deep in sorted(token["cursors"].items(), key=lambda item: -int(item[0]))
        for which, cursor in (("deep", f"&cursor={deep}"), ("first", ""))
    ]
    compare("list, against the smallest folder's first page", pages, CONNECTIONS)
    batch = target("batch of 100 starts", "POST", "/uploads/batch", {"items": [WISH] * 100})
    compare("uploadStart by the hundred", [batch, empty], (1, 8))


def floor(servers: Stack, running: ExitStack, port: int, behind: dict[str, int]) -> Target:
    """Django itself."""
    environment = {"PYTHONPATH": f"{PROJECT}:{PROJECT / 'platform'}", "DJANGO_SETTINGS_MODULE": ""}
    pid = start(running, "Empty", "tests.bench.floors:application", port, environment, servers)
    return Target(EMPTY, port, json_request(port, "POST", "/empty", "none", WISH), pid, behind)


def bare(servers: Stack, running: ExitStack, port: int, behind: dict[str, int]) -> Target:
    """What no start can do without."""
    url = servers.postgres.url_for(OWNER)
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("CREATE TABLE bench_reference (id bigserial PRIMARY KEY, body bytea)")
    environment = {
        "PYTHONPATH": f"{PROJECT}:{PROJECT / 'platform'}",
        "BENCH_DATABASE_URL": url,
        "REDIS_URL": servers.valkey.url,
    }
    pid = start(running, "Reference", "tests.bench.reference:application", port, environment, servers, ASGI)
    return Target(REFERENCE, port, json_request(port, "POST", "/", "none", WISH), pid, behind)
