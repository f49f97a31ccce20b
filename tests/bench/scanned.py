"""One worker's pipeline and raw clamd over the same files, in one process: `python -m tests.bench.scanned`.

Prints seconds of three rounds for each set of files, as JSON.
"""

# ruff: noqa: E402 - models can be imported only once Django is set up

import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import django

django.setup()

from django.conf import settings

from kernel.sizes import GB
from quotas.models import Quota
from scanning import pipeline
from scanning.engines.clamd import Address, Clamd
from scanning.engines.registry import engines
from scanning.kinds import WORD
from storage.models import Upload
from storage.object_store import object_store
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.scanning import samples
from tests.scanning.making import word
from tests.scanning.world import arrive, new_app

ROUNDS = 3
BOTH, ALL = ("content_type", "malware"), ("content_type", "malware", "personal_data", "secrets")
_chance = random.Random(7)


@dataclass(frozen=True)
class Kind:
    """Files of one kind, of which `make` gives another one each time."""

    name: str
    count: int
    content_type: str
    checks: Sequence[str]
    make: Callable[[], bytes]


def photo() -> bytes:
    return samples.picture("JPEG", (1600 + _chance.randrange(64), 1200), quality=90)


def document() -> bytes:
    words = [f"Paragraph {number}: {_chance.randbytes(60).hex()}" for number in range(400)]
    return word(*words, extra={"word/media/image1.jpeg": samples.picture("JPEG", (300 + _chance.randrange(64), 200))})


def noise() -> bytes:
    return _chance.randbytes(32_000_000)


KINDS = (
    Kind("photos, type and malware", 60, "image/jpeg", BOTH, photo),
    Kind("Word documents, all four checks", 20, WORD, ALL, document),
    Kind("files of 32 MB, type and malware", 6, "application/octet-stream", BOTH, noise),
)


def roomy_app() -> MicroApp:
    """An app whose quota stands in nobody's way."""
    app = new_app()
    with tenant_scope(app.tenant_id):
        Quota.objects.update(bytes_limit=100 * GB, objects_limit=100_000)
    return app


def seconds_of(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measured(kind: Kind, app: MicroApp, clamd: Clamd) -> dict[str, object]:
    bodies = [kind.make() for _ in range(kind.count)]
    rounds: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        uploads = [arrive(app, object_store(), body, kind.content_type, "file", kind.checks) for body in bodies]
        raw = seconds_of(lambda: [clamd.scan([body], len(body)) for body in bodies])
        ours = seconds_of(lambda arrived=uploads: [_scan(upload) for upload in arrived])
        rounds.append((raw, ours))
    return {"name": kind.name, "files": kind.count, "bytes": sum(map(len, bodies)), "rounds": rounds}


def _scan(upload: Upload) -> None:
    """Raises RuntimeError for a file that didn't come through: what is measured is the whole way."""
    ended = pipeline.scan_upload(object_store(), engines(settings.CLAMD_URL), upload.tenant_id, upload.id)
    if ended is None or ended.state != "available":
        raise RuntimeError(f"{upload.name} ended as {ended and ended.problem_code}.")


def main() -> None:
    app, clamd = roomy_app(), Clamd(Address.parse(settings.CLAMD_URL))
    _scan(arrive(app, object_store(), photo(), "image/jpeg"))  # what is loaded once is no part of any round
    print(json.dumps([measured(kind, app, clamd) for kind in KINDS]))


if __name__ == "__main__":
    main()
