"""`make run`: the whole platform on this machine, until Ctrl-C."""

import shutil
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from embedded import clamd, packages
from embedded.holding import only_one
from embedded.management import PROJECT, manage
from embedded.process import PartFailedError, Process, blame, stop_all, watch
from embedded.stack import Stack
from embedded.stopping import stopping_on_signals

_QUEUES = "scan,media,lifecycle,default"


def run(data: Path, *, web_port: int | None = None) -> None:
    """Boot everything, say where it is, and stay until it is stopped or a part dies (PartFailedError)."""
    began = time.monotonic()
    if lacking := packages.install_missing("clamd"):
        print(f"{packages.advice(lacking)}. Until then uploads wait unscanned and can't be opened.")
    with only_one(data), stopping_on_signals():
        print("Starting Gatehouse …", flush=True)
        stack = Stack(data, web_port=web_port)
        programs: list[Process] = []
        try:
            stack.start()
            _prepare(stack)
            _start_programs(stack, programs)
            print(_welcome(stack, time.monotonic() - began), flush=True)
            watch([*stack.processes, *programs])
        finally:
            stop_all(programs)
            stack.stop()
            (data / "env").unlink(missing_ok=True)


def _prepare(stack: Stack) -> None:
    """Migrate as the owner; make the bucket, the static files and the demo as the application."""
    environment = stack.environment()
    stack.write_environment()
    shutil.rmtree(stack.data / "static", ignore_errors=True)
    try:
        manage(
            environment,
            ["migrate", "--verbosity=0"],
            ["collectstatic", "--noinput", "--verbosity=0"],
            ["provision_storage"],
        )
        manage(environment, ["demo"])
    except PartFailedError:
        blame(stack.processes)  # where a server died, that is what to tell
        raise


def _start_programs(stack: Stack, programs: list[Process]) -> None:
    """Start the web server, a worker and the beat; wait until the platform says that it is ready."""
    environment = {**stack.environment(), "PYTHONPATH": f"{PROJECT}:{PROJECT / 'platform'}"}
    commands = {
        "Web server": _web_command(stack.web_port),
        "Worker": _celery("worker", "-Q", _QUEUES, "-c", "2", "--loglevel=INFO"),
        "Scheduler": _celery("beat", "-s", str(stack.data / "beat-schedule"), "--loglevel=INFO"),
    }
    for name, command in commands.items():
        log = stack.logs / f"{name.lower().replace(' ', '-')}.log"
        programs.append(Process(name, command, log, folder=PROJECT, environment=environment))
        programs[-1].start()
    programs[0].wait_until(lambda: _is_ready(stack.web_port), 30)
    blame(programs)


def _web_command(port: int) -> list[str]:
    threads = ["--blocking-threads", "8", "--workers", "1"]
    address = ["--host", "127.0.0.1", "--port", str(port)]
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", *threads, *address]
    return [*granian, "config.wsgi:application"]


def _celery(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "config", *arguments]


def _is_ready(port: int) -> bool:
    """Whether `/readyz` answers 200."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _welcome(stack: Stack, seconds: float) -> str:
    environment = stack.environment()
    return f"""
Gatehouse is ready after {seconds:.1f} s:  {environment["SITE_URL"]}

  Sign in as              to see
  owner@acme.example      a workspace owner: quotas and lifecycle in /admin/
  builder@acme.example    a citizen developer: templates, apps
  outsider@globex.example somebody of another tenant: nothing of Acme's
  password, all three     {environment["DEMO_PASSWORD"]}

  PostgreSQL :{stack.postgres.port} · Valkey :{stack.valkey.port} · S3 {stack.storage.url}
  Virus scanner: {_scanner_in_words(stack)}
  Data and logs: {stack.data}     Stop: Ctrl-C
"""


def _scanner_in_words(stack: Stack) -> str:
    if stack.scanner is None:
        return "none, so uploads wait unscanned"
    if clamd.official_signatures():
        return f"clamd, {stack.scanner.url}"
    return f"clamd, {stack.scanner.url}, which knows the test file only (freshclam fetches the official signatures)"
