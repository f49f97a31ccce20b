"""The circuit breaker around Redis."""

import time
from collections.abc import Callable
from typing import TypeVar

import redis

from kernel.circuit import Circuit

_Answer = TypeVar("_Answer")


class CircuitOpenError(redis.ConnectionError):
    """The server failed just now; it isn't asked."""


class RedisCircuit:
    """Three failures in a row open it for a quarter of a second, after which one question tries again."""

    def __init__(
        self, failures: int = 3, rest_seconds: float = 0.25, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._circuit = Circuit(failures, rest_seconds, clock)

    def ask(self, question: Callable[[], _Answer]) -> _Answer:
        """The answer. Raises CircuitOpenError at once while the circuit is open, RedisError from the question."""
        if not self._circuit.lets_ask():
            raise CircuitOpenError("Redis failed several times in a row.")
        try:
            answer = question()
        except (redis.ConnectionError, redis.TimeoutError):
            self._circuit.failed()
            raise
        except redis.RedisError:
            self._circuit.answered()
            raise
        self._circuit.answered()
        return answer
