"""One child process with a name: started, awaited, watched, stopped; its end is never unnoticed."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from embedded.identity import identity

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
_POLL_SECONDS = 0.02
_TAIL_LINES = 15


class PartFailedError(RuntimeError):
    """A part of the platform ended, or did not become ready; the message names it and ends with its log."""


def ending_with_parent(number: signal.Signals) -> Callable[[], None]:
    """For a child to run before its program: let the kernel end it when this process dies, even by SIGKILL.

    The kernel watches the thread that started the child, so children are started from threads that stay.
    """
    parent = os.getpid()

    def arrange() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it died before the kernel was asked
            os.kill(os.getpid(), number)

    return arrange


class Process:
    """A named child in its own process group, so that Ctrl-C reaches only its supervisor."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        *,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        user: str | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name, self.log = name, log
        self._command, self._folder, self._environment = list(command), folder, environment
        self._user, self._stop_signal = user, stop_signal
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; what it prints goes to its log, and what it printed the last time to the log before."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".before.log"))
        with self.log.open("wb") as sink:
            self._child = subprocess.Popen(
                self._command,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(self._environment or {})},
                start_new_session=True,
                close_fds=False,  # it inherits the data folder's lock, and nothing else: the rest isn't inheritable
                preexec_fn=ending_with_parent(self._stop_signal),  # noqa: PLW1509 - two system calls, no lock taken
                **identity(self._user),
            )

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._started().pid

    def is_running(self) -> bool:
        """Whether it lives."""
        return self._child is not None and self._child.poll() is None

    def has_ended(self) -> bool:
        """Whether it was started and doesn't live any more."""
        return self._child is not None and self._child.poll() is not None

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
        """Ask it to end, then make it; nothing that it started stays."""
        self.ask_to_end()
        if self._child is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(seconds)
        self.kill()

    def ask_to_end(self) -> None:
        """Say that it should end, without waiting."""
        if self.is_running():
            self.signal(self._stop_signal)

    def kill(self) -> None:
        """SIGKILL it and what it left in its process group, and wait for its end."""
        if self._child is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the child alone."""
        self._started().send_signal(number)

    def obituary(self) -> str:
        """What to tell of its end."""
        code = self._started().poll()
        cause = f"exit code {code}" if code is None or code >= 0 else signal.Signals(-code).name
        return f"{self.name} stopped by itself ({cause}).\n{self.log_tail()}"

    def log_tail(self) -> str:
        """The last lines that it logged."""
        lines = self.log.read_text(errors="replace").splitlines()[-_TAIL_LINES:]
        return "\n".join([f"  {self.name} | {line}" for line in lines] + [f"  The whole log: {self.log}"])

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._child is None:
            raise PartFailedError(f"{self.name} was never started.")
        return self._child


def stop_all(processes: Iterable[Process]) -> None:
    """Ask all to end, so that they do it side by side, then see to it that each has."""
    for process in (together := list(processes)):
        process.ask_to_end()
    for process in together:
        process.stop()


def watch(processes: Sequence[Process], *, every_seconds: float = 0.5) -> None:
    """Stay while all live. Raises PartFailedError with the name and the last words of the first that doesn't."""
    while all(process.is_running() for process in processes):
        time.sleep(every_seconds)
    blame(processes)


def blame(processes: Iterable[Process]) -> None:
    """Raises PartFailedError for the first that was started and has ended; returns when there is none."""
    for process in processes:
        if process.has_ended():
            raise PartFailedError(process.obituary())
