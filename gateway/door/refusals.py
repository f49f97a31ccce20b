"""Who asks again for what a rate has no room for: told so without a thread, Redis or PostgreSQL.

So clients that don't heed `Retry-After` cost next to nothing, and a flood of them keeps nobody else waiting. Only what
is certain is said again: a rate that isn't shared has no room before the moment that the gate named, whoever asks. A
limit that is lifted is seen within a second all the same.
"""

import hashlib
import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from admission.asking import LayerState, RefusedError
from gateway.door.environment import Scope
from gateway.door.standing import standing
from gateway.door.wsgi import Headers

MOST_SECONDS = 1.0
"""For so long a rate is taken for empty without asking the gate, so that new limits are soon in force."""

KNOWN_SECONDS = 10.0
"""For so long an asker is known to be held by a rate; then they are looked at again, as their token may have ended."""

ASKING_SECONDS = 0.05
"""For so long others wait for the word of the one that was let through to ask."""

_MOST_KEPT = 20_000
_OF_WEBSITES = "access-control-"
_Key = TypeVar("_Key")
_Kept = TypeVar("_Kept")
_AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@dataclass(frozen=True, slots=True)
class _Asker:
    """By which rate somebody was held, and the headers of their own that the answer had; moments by our clock."""

    rate_key: str
    headers: Headers
    until: float


@dataclass(frozen=True, slots=True)
class _Empty:
    """A rate without room: `until` then nobody asks the gate, `room_at` there will be a unit; moments by our clock."""

    refusal: RefusedError
    until: float
    room_at: float


class Refusals:
    """Those of one process; safe for any number of threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._askers: dict[bytes, _Asker] = {}
        self._empty: dict[str, _Empty] = {}

    def keep(self, scope: Scope, refusal: RefusedError, headers: Headers) -> None:
        """Say it again to this asker, and to those who are known to be held by the same rate."""
        if refusal.certain_s <= 0:
            return
        _make_room(self._askers)
        _make_room(self._empty)
        now = self._clock()
        until, room_at = now + min(refusal.certain_s, MOST_SECONDS), now + refusal.certain_s
        self._empty[refusal.rate_key] = _Empty(refusal, until, room_at)
        own = [(name, value) for name, value in headers if name.lower().startswith(_OF_WEBSITES)]
        self._askers[_asked(scope)] = _Asker(refusal.rate_key, [*standing(headers), *own], now + KNOWN_SECONDS)

    def again(self, scope: Scope) -> tuple[RefusedError, Headers] | None:
        """The refusal that still holds for this asker, with the seconds that are left, and their own headers."""
        if not self._empty:
            return None
        asker, now = self._askers.get(_asked(scope)), self._clock()
        empty = self._empty.get(asker.rate_key) if asker and asker.until > now else None
        if asker is None or empty is None:
            return None
        if empty.until <= now:
            self._let_one_ask(asker.rate_key, empty, now)
            return None
        return _with_seconds(empty.refusal, max(1, math.ceil(empty.room_at - now))), asker.headers

    def _let_one_ask(self, rate_key: str, empty: _Empty, now: float) -> None:
        """There is room for one at most, and until the next unit has come for nobody else."""
        next_unit = empty.room_at + next(state.rate.interval for state in _own(empty.refusal)) / 1_000_000
        if next_unit > now:
            room_at = empty.room_at if empty.room_at > now else next_unit
            self._empty[rate_key] = replace(empty, until=min(next_unit, now + ASKING_SECONDS), room_at=room_at)
        else:
            self._empty.pop(rate_key, None)


def _make_room(kept: dict[_Key, _Kept]) -> None:
    """Who is forgotten, the one of longest ago, asks the gate."""
    if len(kept) >= _MOST_KEPT:
        kept.pop(next(iter(kept)), None)  # another thread may have been as quick


def _asked(scope: Scope) -> bytes:
    """Token, however it is spelled, website and operation; not which file. A digest, so that no token is kept."""
    header = scope.headers.get
    scheme, _, token = (header("authorization") or "").partition(" ")
    operation = (scope.method, _AN_ID.sub("*", scope.path))
    parts = (scheme.lower(), token.strip(), header("origin") or "", *operation)
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).digest()


@lru_cache(maxsize=512)
def _with_seconds(refusal: RefusedError, seconds: int) -> RefusedError:
    """With the state of the layer that refused: the others' may be another token's. One and the same for a second."""
    facts = {**refusal.facts, "seconds": str(seconds)}
    return RefusedError(refusal.type, refusal.layer, _own(refusal), retry_after_s=seconds, facts=facts)


def _own(refusal: RefusedError) -> tuple[LayerState, ...]:
    return tuple(state for state in refusal.states if state.layer == refusal.layer)
