"""`make run`: the whole platform on this machine, until Ctrl-C."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from embedded import clamd, packages
from embedded.process import PartFailedError, Process
from embedded.stack import Stack

PROJECT = Path(__file__).resolve().parents[2]
_WATCH_SECONDS = 0.5


class StopRequested(KeyboardInterrupt):
    """Somebody asked the platform to stop."""


def run(data: Path, *, web_port: int | None = None) -> None:
    """Boot everything, say where it is, and stay until it is stopped or a part dies (PartFailedError)."""
    began = time.monotonic()
    if packages.install_missing("clamd"):
        print(f"Virus scanner: {packages.advice(['clamd'])}\nUntil then uploads wait unscanned and can't be opened.")
    with only_one(data), stopping_on_signals():
        stack = Stack(data)
        if web_port:
            stack.web_port = web_port
        processes: list[Process] = []
        try:
            stack.start()
            prepare(stack.environment(), data)
            processes = start_platform(stack)
            print(_welcome(stack, time.monotonic() - began), flush=True)
            _watch([*stack.processes, *processes])
        finally:
            for process in reversed(processes):
                process.stop()
            stack.stop()


def prepare(environment: Mapping[str, str], data: Path) -> None:
    """Migrate as the owner; make the bucket, the demo and the static files as the application."""
    manage(["migrate", "--verbosity=0"], {**environment, "DATABASE_URL": environment["MIGRATION_DATABASE_URL"]})
    shutil.rmtree(data / "static", ignore_errors=True)
    manage(["collectstatic", "--noinput", "--verbosity=0"], environment)
    manage(["provision_storage"], environment)
    manage(["demo"], environment)


def manage(arguments: list[str], environment: Mapping[str, str]) -> None:
    """Run a management command. Raises PartFailedError with what it printed."""
    done = subprocess.run(
        [sys.executable, str(PROJECT / "manage.py"), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PartFailedError(f"`manage.py {' '.join(arguments)}` failed.\n{done.stdout}{done.stderr}")


def start_platform(stack: Stack) -> list[Process]:
    """Start the web server, a worker and the beat; wait until the platform says that it is ready."""
    environment = {**stack.environment(), "PYTHONPATH": f"{PROJECT}:{PROJECT / 'platform'}"}
    programs = {
        "Web server": _web_command(stack.web_port),
        "Worker": _celery("worker", "-Q", "default,scan,media,lifecycle", "-c", "2", "--loglevel=INFO"),
        "Scheduler": _celery("beat", "-s", str(stack.data / "beat-schedule"), "--loglevel=INFO"),
    }
    processes = []
    for name, command in programs.items():
        log = stack.logs / f"{name.lower().replace(' ', '-')}.log"
        processes.append(Process(name, command, log, environment=environment))
        processes[-1].start()
    processes[0].wait_until(lambda: is_ready(stack.web_port), 30)
    return processes


def _web_command(port: int) -> list[str]:
    threads = ["--blocking-threads", "8", "--workers", "1"]
    address = ["--host", "127.0.0.1", "--port", str(port)]
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", *threads, *address]
    return [*granian, "config.wsgi:application"]


def _celery(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "config", *arguments]


def is_ready(port: int) -> bool:
    """Whether `/readyz` answers 200."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the data folder. Raises PartFailedError when another run holds it."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PartFailedError(f"Gatehouse is running already with the data in {data}.") from None
        yield


@contextmanager
def stopping_on_signals() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into what Ctrl-C does."""

    def stop(*_: object) -> None:
        raise StopRequested

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _watch(processes: list[Process]) -> None:
    while all(process.is_running() for process in processes):
        time.sleep(_WATCH_SECONDS)
    dead = next(process for process in processes if not process.is_running())
    raise PartFailedError(dead.obituary())


def _welcome(stack: Stack, seconds: float) -> str:
    environment = stack.environment()
    scanner = "clamd" if stack.scanner else "none: uploads wait unscanned"
    if stack.scanner and not clamd.official_signatures():
        scanner += " with the test signature only (run freshclam for the official ones)"
    return f"""
Gatehouse is ready after {seconds:.1f} s:  {environment["SITE_URL"]}

  Sign in as              to see
  owner@acme.example      a workspace owner: quotas and lifecycle in /admin/
  builder@acme.example    a citizen developer: templates, apps
  outsider@globex.example somebody of another tenant: nothing of Acme's
  password, all three     {environment["DEMO_PASSWORD"]}

  PostgreSQL {stack.ports.port_in_use("postgres")} · Valkey {stack.ports.port_in_use("valkey")} · \
S3 {environment["S3_ENDPOINT_URL"]} · virus scanner: {scanner}
  Data and logs: {stack.data}     Stop: Ctrl-C
"""
