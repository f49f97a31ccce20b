"""A worker that is killed again and again: `python -m tests.scanning.mortal <tenant>`, upload ids on standard input.

One process loads everything and forks the workers, so that a life costs milliseconds. Every life but the last ends by
SIGKILL at a moment that nobody chose; the last one comes to its end.
"""

# ruff: noqa: PLC0415 - models can be imported only once Django is set up

import os
import random
import signal
import sys
import time
import uuid

import django

LIVES = 14
LONGEST_LIFE_SECONDS = 0.4


def work(tenant_id: uuid.UUID, upload_ids: list[uuid.UUID]) -> None:
    """What the scan queue's worker does, upload after upload; those that ended already cost one query."""
    from django.conf import settings

    from scanning import pipeline
    from scanning.engines.registry import engines
    from storage.object_store import object_store

    asked = engines(settings.CLAMD_URL)
    for upload_id in upload_ids:
        pipeline.scan_upload(object_store(), asked, tenant_id, upload_id)


def live(tenant_id: uuid.UUID, upload_ids: list[uuid.UUID], seconds: float | None) -> int:
    """Fork a worker, kill it after so many seconds; how it ended, as `os.waitpid` tells."""
    pid = os.fork()
    if not pid:
        try:
            work(tenant_id, upload_ids)
        except BaseException:  # noqa: BLE001 - a forked child must never run on as its parent
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def main(tenant_id: uuid.UUID) -> None:
    django.setup()
    import scanning.engines.registry
    import scanning.pipeline  # noqa: F401 - loaded before the first fork

    upload_ids = [uuid.UUID(line.strip()) for line in sys.stdin]
    chance = random.Random()
    killed = 0
    for _ in range(LIVES):
        chance.shuffle(upload_ids)
        ended = live(tenant_id, upload_ids, chance.uniform(0.02, LONGEST_LIFE_SECONDS))
        killed += os.WIFSIGNALED(ended)
    print(killed)
    sys.exit(os.waitstatus_to_exitcode(live(tenant_id, upload_ids, None)))


if __name__ == "__main__":
    main(uuid.UUID(sys.argv[1]))
