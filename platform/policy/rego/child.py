"""One child process with an engine in it: asked, awaited until a deadline, killed when it doesn't keep it."""

import os
import select
import subprocess
import sys
import time
from pathlib import Path

_SCRIPT = Path(__file__).with_name("engine_child.py")
_ENVIRONMENT = {"MIMALLOC_ARENA_RESERVE": "32MiB"}
"""Nothing of ours. The engine's allocator would otherwise reserve a gigabyte, which no limit could be set below."""

_HEADER_BYTES = 4
_LARGEST_FRAME = 8_000_100
_CHUNK_BYTES = 65_536
_BOOT_SECONDS = 5.0


class OverranError(Exception):
    """No answer came before the deadline; the child can't be used any more."""


class CrashedError(Exception):
    """The child died; it can't be used any more."""


class Child:
    """A started child. Starting doesn't wait: the first question does."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
            [sys.executable, "-I", "-B", str(_SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
            cwd="/",
            bufsize=0,
        )
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101, PT018 - both are pipes
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(self._out, select.POLLIN)
        self._writable.register(self._in, select.POLLOUT)
        self._booted = False
        self.loaded: set[str] = set()

    @property
    def process_id(self) -> int:
        """The operating system's number of the child."""
        return self._process.pid

    def await_boot(self) -> None:
        """Wait until the child can be asked. Raises OverranError, CrashedError."""
        if not self._booted:
            self._answer(time.monotonic() + _BOOT_SECONDS)
            self._booted = True

    def exchange(self, frame: bytes, seconds: float) -> bytes:
        """Send a frame, get its answer. Raises OverranError, CrashedError; the child is of no use after either."""
        self.await_boot()
        until = time.monotonic() + seconds
        self._send(len(frame).to_bytes(_HEADER_BYTES, "big") + frame, until)
        return self._answer(until)

    def end(self) -> None:
        """Kill the child and let the system forget it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _send(self, frame: bytes, until: float) -> None:
        rest = memoryview(frame)
        while rest:
            _await(self._writable, until)
            try:
                rest = rest[os.write(self._in, rest) :]
            except BrokenPipeError as error:
                raise CrashedError from error

    def _answer(self, until: float) -> bytes:
        received = b""
        while len(received) < _HEADER_BYTES or len(received) < _HEADER_BYTES + _length(received):
            _await(self._readable, until)
            part = os.read(self._out, _CHUNK_BYTES)
            if not part:
                raise CrashedError
            received += part
        return received[_HEADER_BYTES:]


def _length(received: bytes) -> int:
    length = int.from_bytes(received[:_HEADER_BYTES], "big")
    if length > _LARGEST_FRAME:
        raise CrashedError
    return length


def _await(poll: "select.poll", until: float) -> None:
    remaining = until - time.monotonic()
    if remaining <= 0 or not poll.poll(remaining * 1000):
        raise OverranError
