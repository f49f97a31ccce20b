"""Short-lived tokens, asked for when they are needed and kept in memory alone."""

import inspect
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias, TypedDict

import anyio

SPARE_S = 15.0
"""A token this near to its end is replaced before it is used."""


class _TokenAnswer(TypedDict):
    access_token: str


class TokenAnswer(_TokenAnswer, total=False):
    """A token answer (RFC 6749 §5.1); the lifetime is in seconds."""

    expires_in: float


Given: TypeAlias = str | TokenAnswer
TokenCallback: TypeAlias = Callable[[str], Given]
AsyncTokenCallback: TypeAlias = Callable[[str], Given | Awaitable[Given]]


@dataclass(frozen=True, slots=True)
class _Held:
    value: str
    until: float

    @classmethod
    def of(cls, given: Given) -> "_Held":
        """A bare token is used until it is refused; a token answer says itself how long it lives."""
        if isinstance(given, str):
            return cls(given, float("inf"))
        return cls(given["access_token"], time.monotonic() + given.get("expires_in", float("inf")) - SPARE_S)

    def serves(self, refused: str) -> bool:
        return self.value != refused and self.until > time.monotonic()


class Tokens:
    """One question serves all threads that ask meanwhile; a refused token is replaced once, not once per caller."""

    def __init__(self, callback: TokenCallback) -> None:
        self._callback = callback
        self._lock = threading.Lock()
        self._held: _Held | None = None

    def get(self, refused: str) -> str:
        """The held token, or a new one in place of the refused one."""
        with self._lock:
            if self._held is None or not self._held.serves(refused):
                self._held = _Held.of(self._callback(refused))
            return self._held.value


class AsyncTokens:
    """The same for coroutines; the callback may be one or not."""

    def __init__(self, callback: AsyncTokenCallback) -> None:
        self._callback = callback
        self._lock = anyio.Lock()
        self._held: _Held | None = None

    async def get(self, refused: str) -> str:
        """The held token, or a new one in place of the refused one."""
        async with self._lock:
            if self._held is None or not self._held.serves(refused):
                given = self._callback(refused)
                self._held = _Held.of(await given if inspect.isawaitable(given) else given)
            return self._held.value
