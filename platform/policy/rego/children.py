"""The children of this process: lent to one thread at a time, replaced when they fail, never shared over a fork."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from policy.rego.child import Child
from policy.rego.port import PolicyBusyError


class Children:
    """At most `most` children, started when they are first needed."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

    @contextmanager
    def lent(self, wait_seconds: float) -> Iterator[Child]:
        """A child for this thread alone. One that overruns or crashes inside is killed and replaced.

        Raises PolicyBusyError where none is free in time.
        """
        child = self._take(time.monotonic() + wait_seconds)
        try:
            yield child
        except BaseException:  # whatever broke the exchange, an answer of it may still be on its way
            child.end()
            self._keep(self._started(), first=False)
            raise
        self._keep(child, first=True)

    def warm(self) -> None:
        """Start a child before the first question comes."""
        with self.lent(0) as child:
            child.await_boot()

    def process_ids(self) -> set[int]:
        """The operating system's numbers of the children that are idle."""
        with self._changed:
            return {child.process_id for child in self._idle}

    def end(self) -> None:
        """Kill the idle children."""
        with self._changed:
            while self._idle:
                self._idle.pop().end()
                self._alive -= 1

    def _take(self, until: float) -> Child:
        with self._changed:
            while not self._idle and self._alive >= self._most:
                if not self._changed.wait(until - time.monotonic()):
                    raise PolicyBusyError("Every engine is at work.")
            if self._idle:
                return self._idle.pop()
            self._alive += 1
        return self._started()

    def _started(self) -> Child:
        try:
            return Child()
        except OSError as error:
            with self._changed:
                self._alive -= 1
                self._changed.notify()
            raise PolicyBusyError("No engine can be started.") from error

    def _keep(self, child: Child, *, first: bool) -> None:
        """The warm one is lent first, one that is still starting last."""
        with self._changed:
            self._idle.insert(len(self._idle) if first else 0, child)
            self._changed.notify()

    def _forget(self) -> None:
        """After a fork the children are the parent's: two askers on one pipe would read each other's answers."""
        self._changed = threading.Condition()
        self._idle: list[Child] = []
        self._alive = 0
