"""Children with limits for strangers' files, forked from a process that has loaded their readers once.

A fresh interpreter for each file took longer to start than most files take to read.
"""

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from scanning.forked import MESSAGE_BYTES

_ROOT = Path(__file__).parents[1]
_PROGRAM = "import sys; sys.path.append(sys.argv.pop(1)); from {module} import serve_forks; serve_forks()"
_ATTEMPTS = 2


class OverranError(Exception):
    """The child didn't end in time, and was killed."""


class ForkServer:
    """Children of one module, which has a `serve_forks`; one at a time in each process that asks."""

    def __init__(self, module: str) -> None:
        self._program = _PROGRAM.format(module=module)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        os.register_at_fork(after_in_child=self._forget)
        atexit.register(self.end)

    @property
    def process_id(self) -> int | None:
        """The operating system's number of what children are forked from, where it was needed yet."""
        return self._process.pid if self._process else None

    def run(self, arguments: Sequence[str], files: Sequence[IO[bytes]], seconds: float) -> int:
        """The exit code of a child that had these files as standard input, output and error; below zero for a signal.

        Raises OverranError, and OSError where no child can be had.
        """
        message = json.dumps(arguments).encode()
        assert len(message) <= MESSAGE_BYTES  # noqa: S101 - the arguments are ours
        with self._lock:
            return self._asked(message, [file.fileno() for file in files], seconds)

    def end(self) -> None:
        """Kill it with whatever child it has; the next question starts another."""
        process, asked = self._process, self._socket
        self._process = self._socket = None
        if asked is not None:
            asked.close()
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _asked(self, message: bytes, files: Sequence[int], seconds: float) -> int:
        for _attempt in range(_ATTEMPTS):
            asked = self._socket or self._start()
            asked.settimeout(seconds)
            try:
                socket.send_fds(asked, [message], files)
                answer = asked.recv(MESSAGE_BYTES)
            except TimeoutError as error:
                self.end()
                raise OverranError from error
            except (BrokenPipeError, ConnectionResetError):
                answer = b""
            except BaseException:
                self.end()  # else the next question would be told how this one ended
                raise
            if answer:
                return int(answer)
            self.end()  # somebody killed it while it waited
        raise ChildProcessError("The process that children are forked from ends at once")

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
                [sys.executable, "-I", "-B", "-c", self._program, str(_ROOT), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={},
                cwd="/",
                start_new_session=True,
            )
        self._socket = ours
        return ours

    def _forget(self) -> None:
        """A forked process asks one of its own, and leaves its parent's alone."""
        self._lock = threading.Lock()
        if self._socket is not None:
            self._socket.close()
        self._process = self._socket = None
