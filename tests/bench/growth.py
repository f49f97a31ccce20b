"""What an upload's start costs once there are many apps, and many files in one: two houses beside each other."""

import json
from contextlib import ExitStack

from embedded.management import manage
from embedded.ports import Ports
from embedded.stack import Stack
from tests.bench.gateway import WISH
from tests.bench.rounds import Target, compare
from tests.bench.servers import DOOR, asked, json_request, printed, settings, stack, start

APPS, FILES = 100_000, 1_000_000


def measure_growth(servers: Stack, running: ExitStack) -> None:
    """Print uploadStart in a house of two apps without a file, and in one of very many."""
    grown = running.enter_context(stack())
    many = _targets(grown, running, "grown", APPS, FILES)
    few = _targets(servers, running, "small", 0, 0)
    compare("uploadStart", [many["empty"], many["full"], few["empty"]], (1, 8))


def _targets(servers: Stack, running: ExitStack, name: str, apps: int, files: int) -> dict[str, Target]:
    port = Ports(servers.data / "bench-ports.json").port("gatehouse")
    environment = settings(servers, port)
    manage(environment, ["migrate", "--verbosity=0"])
    manage(environment, ["provision_storage"])
    manage(environment, ["demo"])
    tokens = json.loads(printed(environment, "tests.bench.grown", str(apps), str(files)))
    pid = start(running, name, "config.rsgi:application", port, environment, servers, DOOR)
    behind = {"PostgreSQL": servers.postgres.process.pid, "Valkey": servers.valkey.process.pid}

    def target(app: str) -> Target:
        request = json_request(port, "POST", "/api/v1/uploads", tokens[app], WISH)
        asked(port, request)
        held = files if app == "full" else 0
        return Target(f"{apps + 2:,} apps, {held:,} files in this one", port, request, pid, behind)

    return {app: target(app) for app in tokens}
