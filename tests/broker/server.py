"""The real server over HTTP, on the test's own database, for clients that we did not write."""

import os
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from embedded.management import PROJECT
from embedded.ports import Ports
from embedded.process import Process, stop_all

GRANIAN = "granian --interface rsgi --loop uvloop --no-ws --workers 2 --host 127.0.0.1 --log-level warning"
UNLIMITED = {"APP_REQUESTS_PER_MINUTE": "60000000", "APP_REQUESTS_BURST": "1000000"}


@contextmanager
def running(folder: Path, redis_url: str, **changes: str) -> Iterator[str]:
    """A server with two processes; its address, which is its issuer too."""
    port = Ports(folder / "ports.json").port("web")
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", *GRANIAN.split(), "--port", str(port), "config.rsgi:application"]
    environment = {**os.environ, **_environment(redis_url), "SITE_URL": address, **changes}
    server = Process("Web server", command, folder / "log", folder=PROJECT, environment=environment)
    server.start()
    try:
        server.wait_until(lambda: _answers(f"{address}/livez"), 30)
        yield address
    finally:
        stop_all([server])


def _environment(redis_url: str) -> dict[str, str]:
    database = connection.settings_dict
    credentials = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    return {
        "PYTHONPATH": f"{PROJECT}:{PROJECT / 'platform'}",
        "DATABASE_URL": f"postgres://{credentials}/{database['NAME']}",
        "REDIS_URL": redis_url,
    }


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
