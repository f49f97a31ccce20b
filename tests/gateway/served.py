"""The gateway in a server of its own, as it runs in production, on the test's own database."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from django.db import connection

from embedded.management import PROJECT
from embedded.ports import Ports
from embedded.process import Process, stop_all
from tests.web import web

_GRANIAN = "granian --interface rsgi --loop uvloop --no-ws --workers 1 --host 127.0.0.1"


@contextmanager
def served(folder: Path, **settings: str) -> Iterator[str]:
    """Its address; with these settings in place of the test's."""
    port = Ports(folder / "ports.json").port("web")
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "DATABASE_URL": "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**connection.settings_dict),
        "PYTHONPATH": f"{PROJECT}:{PROJECT / 'platform'}",
        **settings,
    }
    command = [sys.executable, "-m", *_GRANIAN.split(), "--port", str(port), "config.rsgi:application"]
    server = Process("Gateway", command, folder / "log", folder=PROJECT, environment=environment)
    server.start()
    try:
        server.wait_until(lambda: _is_up(address), 60)
        yield address
    finally:
        stop_all([server])


def _is_up(address: str) -> bool:
    try:
        return bool(web.get(f"{address}/livez").status_code == 200)
    except httpx2.TransportError:
        return False
