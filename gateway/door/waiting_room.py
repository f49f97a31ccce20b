"""Who waits for one of the process's threads, and who is better told at once to come back.

Two things turn away: a room that is full for one's kind, and a wait that would be longer than one's patience. So what
is let in is answered in time, and latency can't collapse under a burst. A wait that turns out longer than it looked
ends the same way, before a thread is spent on it.
"""

import heapq
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from gateway.door.priorities import PATIENCE, SHARE, Priority

_Job = TypeVar("_Job")
_FIRST_GUESS_SECONDS = 0.01
_SMOOTHING = 0.05
"""How much the newest answer's time counts against those before: the guess follows a change within some 50 answers."""


@dataclass(frozen=True, slots=True, order=True)
class _Place(Generic[_Job]):
    """Where somebody stands: the more urgent first, then who came earlier."""

    priority: Priority
    number: int
    came: float = field(compare=False)
    job: _Job = field(compare=False)


@dataclass(frozen=True, slots=True)
class Taken(Generic[_Job]):
    """Whose turn it is. Seconds: `waited`, and `come_back_in` for somebody who waited too long; else 0."""

    job: _Job
    priority: Priority
    waited: float
    come_back_in: int


class WaitingRoom(Generic[_Job]):
    """For so many threads, with so many places; safe for any number of threads on either side."""

    def __init__(self, threads: int, places: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._threads, self._places, self._clock = threads, places, clock
        self._waiting: list[_Place[_Job]] = []
        self._tickets: SimpleQueue[None] = SimpleQueue()
        self._lock = threading.Lock()
        self._number = self._busy = 0
        self._takes_seconds = _FIRST_GUESS_SECONDS

    @property
    def is_crowded(self) -> bool:
        """Whether whoever comes now has to wait. Looked at without the lock: it only chooses how closely to look."""
        return self._busy + len(self._waiting) >= self._threads

    def enter(self, priority: Priority, job: _Job) -> int:
        """0 for somebody who has a place now; else the seconds after which to come back."""
        with self._lock:
            if self._is_too_much(priority):
                return self._come_back_in()
            self._number += 1
            heapq.heappush(self._waiting, _Place(priority, self._number, self._clock(), job))
        self._tickets.put(None)
        return 0

    def take(self) -> Taken[_Job]:
        """The next one, as soon as there is one; `leave` must follow."""
        self._tickets.get()
        return self._taken()

    def take_several(self, most: int) -> list[Taken[_Job]]:
        """The next one as soon as there is one, and those who wait behind it, up to so many; `leave` for each."""
        taken = [self.take()]
        while len(taken) < most:
            try:
                self._tickets.get_nowait()
            except Empty:
                break
            taken.append(self._taken())
        return taken

    def _taken(self) -> Taken[_Job]:
        with self._lock:
            place = heapq.heappop(self._waiting)
            self._busy += 1
            waited = self._clock() - place.came
            late = waited > PATIENCE[place.priority]
            return Taken(place.job, place.priority, waited, self._come_back_in() if late else 0)

    def leave(self, took_seconds: float | None) -> None:
        """A thread is free again; None where nothing was answered that says how long answers take."""
        with self._lock:
            self._busy -= 1
            if took_seconds is not None:
                self._takes_seconds += (took_seconds - self._takes_seconds) * _SMOOTHING

    def _is_too_much(self, priority: Priority) -> bool:
        waiting = len(self._waiting)
        if self._busy + waiting < self._threads:
            return False
        if waiting >= self._places * SHARE[priority]:
            return True
        before = sum(place.priority <= priority for place in self._waiting)
        return (before + 1) * self._takes_seconds / self._threads > PATIENCE[priority]

    def _come_back_in(self) -> int:
        """When those who are in the room now will have been answered."""
        return max(1, math.ceil(len(self._waiting) * self._takes_seconds / self._threads))
