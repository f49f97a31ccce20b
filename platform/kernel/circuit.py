"""A circuit breaker: who asks a dead server again and again only waits."""

import threading
import time
from collections.abc import Callable


class Circuit:
    """Opens after some failures in a row, then lets one question a rest through until an answer closes it.

    The rest begins with the failure that opened it. What counts as a failure is the asker's to say. `rest_seconds` is
    the time between two tries.
    """

    def __init__(self, failures: int, rest_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._allowed, self._rest, self._clock = failures, rest_seconds, clock
        self._failed, self._asked_at = 0, 0.0
        self._lock = threading.Lock()

    def lets_ask(self) -> bool:
        """Whether the server may be asked now: always while the circuit is closed, once a rest while it is open."""
        if self._failed < self._allowed:
            return True
        with self._lock:
            now = self._clock()
            if now - self._asked_at < self._rest:
                return False
            self._asked_at = now
        return True

    def answered(self) -> None:
        """The server is there, whatever it said."""
        if self._failed:
            with self._lock:
                self._failed = 0

    def failed(self) -> None:
        """The server didn't answer in time, or not as a server in order does."""
        with self._lock:
            self._failed, self._asked_at = self._failed + 1, self._clock()
