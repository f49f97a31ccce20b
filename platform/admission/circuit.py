"""A circuit breaker: who asks a dead server again and again only waits."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import redis

_Answer = TypeVar("_Answer")


class CircuitOpenError(redis.ConnectionError):
    """The server failed just now; it isn't asked."""


class Circuit:
    """Opens after some failures in a row, then lets one question a rest through until an answer closes it."""

    def __init__(
        self, failures: int = 3, rest_seconds: float = 0.25, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._allowed, self._rest, self._clock = failures, rest_seconds, clock
        self._failed, self._asked_at = 0, 0.0
        self._lock = threading.Lock()

    def ask(self, question: Callable[[], _Answer]) -> _Answer:
        """The answer. Raises CircuitOpenError at once while the circuit is open, RedisError from the question."""
        self._pass()
        try:
            answer = question()
        except (redis.ConnectionError, redis.TimeoutError):
            with self._lock:
                self._failed += 1
            raise
        if self._failed:
            with self._lock:
                self._failed = 0
        return answer

    def _pass(self) -> None:
        if self._failed < self._allowed:
            return
        with self._lock:
            now = self._clock()
            if now - self._asked_at < self._rest:
                raise CircuitOpenError("Redis failed several times in a row.")
            self._asked_at = now
