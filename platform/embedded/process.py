"""One child process with a name: started, awaited, watched, stopped; its end is never unnoticed."""

import ctypes
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
_POLL_SECONDS = 0.02
_TAIL_LINES = 15


class PartFailedError(RuntimeError):
    """A part of the platform ended, or did not become ready; the message names it and ends with its log."""


def _end_with_parent() -> None:
    """Let the kernel stop the child when this process dies, even by SIGKILL: nothing is orphaned."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Process:
    """A named child in its own process group, so that Ctrl-C reaches only its supervisor."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        *,
        environment: Mapping[str, str] | None = None,
        user: str | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name, self.log = name, log
        self._command, self._environment, self._user = list(command), environment, user
        self._stop_signal = stop_signal
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; what it prints goes to its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as sink:
            self._child = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(self._environment or {})},
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - only a system call, before any thread of the child
                **identity(self._user),
            )

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._started().pid

    def is_running(self) -> bool:
        """Whether it lives."""
        return self._child is not None and self._child.poll() is None

    def wait_until(self, is_ready: Callable[[], bool], seconds: float) -> None:
        """Wait for the condition. Raises PartFailedError when the child dies first or the time is over."""
        deadline = time.monotonic() + seconds
        while not is_ready():
            if not self.is_running():
                raise PartFailedError(self.obituary())
            if time.monotonic() > deadline:
                raise PartFailedError(f"{self.name} was not ready after {seconds:.0f} seconds.\n{self.log_tail()}")
            time.sleep(_POLL_SECONDS)

    def stop(self, seconds: float = 10) -> None:
        """Ask it to end, then make it."""
        if not self.is_running():
            return
        self.signal(self._stop_signal)
        try:
            self._started().wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL the whole group and wait for its end."""
        if self.is_running():
            os.killpg(self.pid, signal.SIGKILL)
            self._started().wait()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the child alone."""
        self._started().send_signal(number)

    def obituary(self) -> str:
        """What to tell of its end."""
        code = self._started().poll()
        return f"{self.name} stopped by itself (exit code {code}).\n{self.log_tail()}"

    def log_tail(self) -> str:
        """The last lines that it logged."""
        lines = self.log.read_text(errors="replace").splitlines()[-_TAIL_LINES:]
        return "\n".join(f"  {self.name} | {line}" for line in lines)

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._child is None:
            raise PartFailedError(f"{self.name} was never started.")
        return self._child


def identity(user: str | None) -> dict[str, Any]:
    """Popen's arguments that make a child run as this user; none unless this process is root."""
    if user is None or os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
