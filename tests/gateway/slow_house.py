"""A door before work that takes its time, for granian: `tests.gateway.slow_house:application`."""

import os
import time
from collections.abc import Iterable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from admission.asking import LayerState, RefusedError  # noqa: E402
from admission.limits import Layer, Rate  # noqa: E402
from config.errors import refused  # noqa: E402 - Django comes first
from config.language import bring_dictionaries, spoken_to  # noqa: E402
from gateway.api.charging import REFUSED  # noqa: E402
from gateway.door.door import Door  # noqa: E402
from kernel.errors import TEMPLATE_THROTTLED  # noqa: E402

bring_dictionaries()
SECONDS = 0.04
"""What one answer takes; `/slow/…` takes longer than anybody waits for."""


_asked: list[str] = []
_REFUSED = RefusedError(
    TEMPLATE_THROTTLED, Layer.TEMPLATE, (LayerState(Layer.TEMPLATE, Rate(60, 1), 0, 1),),
    retry_after_s=1, rate_key="rate", certain_s=1.0, facts={"seconds": "1"},
)  # fmt: skip


def work(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    if environ["PATH_INFO"] == "/boom":
        raise RuntimeError("The house fell down.")
    if environ["PATH_INFO"].startswith("/api/v1/limited"):
        _asked.append(environ["PATH_INFO"])
        environ[REFUSED] = _REFUSED
        start("429 No", [("Access-Control-Allow-Origin", environ.get("HTTP_ORIGIN", "")), ("Retry-After", "1")])
        return [str(len(_asked)).encode()]
    if environ["PATH_INFO"].startswith("/stream/"):
        return _look(environ["PATH_INFO"], start)
    if environ["PATH_INFO"] != "/echo":
        time.sleep(SECONDS)
    start("200 OK", [("Content-Type", "text/plain"), ("X-Seen", f"{len(body)}/{environ['CONTENT_LENGTH']}")])
    return [environ["PATH_INFO"].encode("latin-1"), b"|", environ.get("HTTP_X_TWICE", "").encode()]


def _look(path: str, start: Any) -> Iterable[bytes]:
    """A part of a page that changes at each of three looks and then leads elsewhere; `/stream/still` never changes."""
    _looks[path] = number = _looks.get(path, 0) + 1
    if path == "/stream/secret":
        start("404 Not Found", [("Content-Type", "text/html")])
        return [b"nothing"]
    over = number > 3 and path != "/stream/still"
    start("200 OK", [("Content-Type", "text/html"), ("HX-Redirect", "/there") if over else ("Stream-Again", "0.02")])
    return [f"look {min(number, 3)}\nof three".encode() if path != "/stream/still" else b"still"]


_looks: dict[str, int] = {}

application = Door(work, page=refused, own_origin="", threads=2, places=20, body_seconds=1, spoken_to=spoken_to)
