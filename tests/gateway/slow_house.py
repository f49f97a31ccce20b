"""A door before work that takes its time, for granian: `tests.gateway.slow_house:application`."""

import os
import time
from collections.abc import Iterable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from config.errors import refused  # noqa: E402 - Django comes first
from gateway.door.door import Door  # noqa: E402

SECONDS = 0.04
"""What one answer takes; `/slow/…` takes longer than anybody waits for."""


def work(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    if environ["PATH_INFO"] == "/boom":
        raise RuntimeError("The house fell down.")
    if environ["PATH_INFO"] != "/echo":
        time.sleep(SECONDS)
    start("200 OK", [("Content-Type", "text/plain"), ("X-Seen", f"{len(body)}/{environ['CONTENT_LENGTH']}")])
    return [environ["PATH_INFO"].encode("latin-1"), b"|", environ.get("HTTP_X_TWICE", "").encode()]


application = Door(work, page=refused, threads=2, places=20, body_seconds=1)
