"""A data folder has one holder at a time.

Its lock is inherited by every server that the holder starts, so it is free only when the last of them has ended, even
where the holder was killed: two servers never write to one folder.
"""

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from embedded.process import PartFailedError

_PATIENCE_SECONDS = 20


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the data folder. Raises PartFailedError when another run holds it."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("a+", encoding="ascii") as lock:
        _acquire(lock, data)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        os.set_inheritable(lock.fileno(), True)
        try:
            yield
        finally:
            lock.truncate(0)


def is_held(data: Path) -> bool:
    """Whether somebody holds the folder, or servers of a holder that was killed are still ending."""
    file = data / "lock"
    if not file.exists():
        return False
    with file.open(encoding="ascii") as lock:
        return not _try(lock)


def release(data: Path) -> bool:
    """Ask the holder to stop, and wait until all is ended; False when there was none."""
    if not is_held(data):
        return False
    if holder := _holder(data):
        os.kill(holder, signal.SIGTERM)
    deadline = time.monotonic() + 2 * _PATIENCE_SECONDS
    while is_held(data):
        if time.monotonic() > deadline:
            raise PartFailedError(f"Gatehouse did not stop in time; its process is {holder}.")
        time.sleep(0.1)
    return True


def _acquire(lock: TextIO, data: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not _try(lock):
        if holder := _holder(data):
            raise PartFailedError(
                f"Gatehouse is running already (process {holder}) with the data in {data}. "
                "Stop it with Ctrl-C where it runs, or with: python -m embedded down"
            )
        if time.monotonic() > deadline:
            raise PartFailedError(f"Servers of an earlier run still use {data} and do not end.")
        time.sleep(0.1)


def _try(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(data: Path) -> int | None:
    """The holder's process id; None when it is dead already."""
    with suppress(OSError, ValueError):
        number = int((data / "lock").read_text(encoding="ascii"))
        if b"embedded" in Path(f"/proc/{number}/cmdline").read_bytes():
            return number
    return None
