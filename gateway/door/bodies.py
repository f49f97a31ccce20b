"""Reading what a client sends: within a time, up to a size, and without a thread that waits for it."""

import asyncio
from typing import Any, Protocol

KEPT_BYTES = 1_000_002
"""More than any address takes, so whoever sends more is told so by the address itself."""

_SWALLOWED_BYTES = 16_000_000
"""What is read on and thrown away, so that a client that sends too much hears the answer instead of a broken pipe."""

_SMALL_BYTES = 64_000
_MOST_HELD_BYTES = 64_000_000


class TooSlowError(Exception):
    """The body didn't come in its time."""


class TooManyError(Exception):
    """So many large bodies are coming in that there is no memory for another."""


class Incoming(Protocol):
    """A request's body as the server gives it (RSGI)."""

    async def __call__(self) -> bytes:
        """All of it."""

    def __aiter__(self) -> Any:
        """Piece by piece."""


class Reader:
    """Reads for one process, and knows how much it holds of large bodies."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._held = seconds, 0

    async def read(self, incoming: Incoming, announced: int | None) -> bytes:
        """The body, or as much of it as any address could want. Raises TooSlowError, TooManyError."""
        if announced == 0:
            return b""
        try:
            async with asyncio.timeout(self._seconds):
                if announced is not None and announced <= _SMALL_BYTES:
                    return await incoming()
                return await self._read_large(incoming)
        except TimeoutError as error:
            raise TooSlowError from error

    async def _read_large(self, incoming: Incoming) -> bytes:
        pieces: list[bytes] = []
        kept = swallowed = 0
        try:
            async for piece in incoming:
                swallowed += len(piece)
                if kept < KEPT_BYTES:
                    pieces.append(piece)
                    kept += len(piece)
                    self._hold(len(piece))
                elif swallowed > _SWALLOWED_BYTES:
                    break
        finally:
            self._held -= kept
        return b"".join(pieces)[:KEPT_BYTES]

    def _hold(self, count: int) -> None:
        self._held += count
        if self._held > _MOST_HELD_BYTES:
            raise TooManyError
