"""A worker that is killed at a call to storage: `python -m tests.scanning.dying read before <tenant> <upload>`."""

# ruff: noqa: PLC0415 - models can be imported only once Django is set up

import os
import signal
import sys
import uuid
from typing import Any

import django


class DyingStore:
    """Storage whose caller gets SIGKILL just before, or just after, one kind of call."""

    def __init__(self, store: Any, call: str, moment: str) -> None:
        self._store, self._call, self._moment = store, call, moment

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        return self._deadly(method) if name == self._call else method

    def _deadly(self, method: Any) -> Any:
        def called(*arguments: Any, **options: Any) -> Any:
            if self._moment == "after":
                method(*arguments, **options)
            os.kill(os.getpid(), signal.SIGKILL)

        return called


def main(call: str, moment: str, tenant_id: str, upload_id: str) -> None:
    django.setup()
    from django.conf import settings

    from scanning import pipeline
    from scanning.engines.registry import engines
    from storage.object_store import object_store

    deadly: Any = DyingStore(object_store(), call, moment)
    pipeline.scan_upload(deadly, engines(settings.CLAMD_URL), uuid.UUID(tenant_id), uuid.UUID(upload_id))


if __name__ == "__main__":
    main(*sys.argv[1:])
