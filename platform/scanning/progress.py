"""Which upload a worker has in its hands, and at what it is: a lease in the cache, renewed for as long as it works.

Rounds leave alone what somebody works on, however long that takes; a worker that was killed or stands still renews
nothing. The lease only saves work and shows people what goes on: two workers at one upload do no harm.
"""

import threading
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress

from django.core.cache import cache
from redis import RedisError

LEASE_SECONDS = 40
"""Less than the time after which a round takes up what stands still."""

_BEAT_SECONDS = 10.0
_LONGEST_BEATS = 330
"""Within the hour after which the queue hands a task to a second worker."""


class Lease:
    """What one worker says of one upload."""

    def __init__(self, upload_id: uuid.UUID) -> None:
        self._key, self._step, self._over = _key(upload_id), "", threading.Event()

    def step(self, engine: str) -> None:
        """Say that the engine of this name looks now."""
        self._step = engine
        self._say()

    def renew(self) -> None:
        """Say so again every ten seconds until it is over."""
        for _ in range(_LONGEST_BEATS):
            if self._over.wait(_BEAT_SECONDS):
                return
            self._say()

    def end(self) -> None:
        """Nobody works on it any more."""
        self._over.set()
        with suppress(RedisError):
            cache.delete(self._key)

    def _say(self) -> None:
        """Without Redis the work goes on untold."""
        with suppress(RedisError):
            cache.set(self._key, self._step, timeout=LEASE_SECONDS)


@contextmanager
def in_hand(upload_id: uuid.UUID) -> Iterator[Lease]:
    """While a worker looks at an upload."""
    lease = Lease(upload_id)
    lease.step("")
    threading.Thread(target=lease.renew, daemon=True).start()
    try:
        yield lease
    finally:
        lease.end()


def step_of(upload_id: uuid.UUID) -> str | None:
    """The engine that looks at an upload now, empty between two of them; None where no worker has it."""
    with suppress(RedisError):
        step: str | None = cache.get(_key(upload_id))
        return step
    return None


def not_in_hand(upload_ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Those that no worker has, in their order."""
    worked_on = cache.get_many([_key(upload_id) for upload_id in upload_ids])
    return [upload_id for upload_id in upload_ids if _key(upload_id) not in worked_on]


def _key(upload_id: uuid.UUID) -> str:
    return f"scan-in-hand:{upload_id}"
