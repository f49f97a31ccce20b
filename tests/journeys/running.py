"""The whole platform on servers that are there already: web server, worker and beat as they run in production."""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from embedded.management import PROJECT, manage
from embedded.process import Process, stop_all

_WEB = "granian --interface rsgi --loop uvloop --no-ws --host 127.0.0.1"
_WORKER = "celery -A config worker -B -Q scan,media,lifecycle,metering,audit,notify,default -c 2 --loglevel=INFO"


@contextmanager
def running(settings: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Its address, with the demonstration's people in it; logs go to the folder."""
    environment = {**os.environ, **settings, "PYTHONPATH": f"{PROJECT}:{PROJECT / 'platform'}"}
    manage(environment, ["migrate", "--verbosity=0"], ["provision_storage"])
    manage(environment, ["demo"])
    site = environment["SITE_URL"]
    port = site.rsplit(":", 1)[1]
    programs = [
        Process(name, [sys.executable, "-m", *command], folder / name, folder=PROJECT, environment=environment)
        for name, command in (
            ("Web server", [*_WEB.split(), "--port", port, "config.rsgi:application"]),
            ("Worker", [*_WORKER.split(), "-s", str(folder / "schedule")]),
        )
    ]
    try:
        for program in programs:
            program.start()
        programs[0].wait_until(lambda: _answers(site), 40)
        yield site
    finally:
        stop_all(programs)


def _answers(site: str) -> bool:
    try:
        with urllib.request.urlopen(f"{site}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
