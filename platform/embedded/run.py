"""`make run`: the whole platform on this machine, until Ctrl-C."""

import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from embedded import clamd, packages, static_files
from embedded.holding import only_one
from embedded.management import PROJECT, manage
from embedded.process import PartFailedError, Process, blame, stop_all, watch
from embedded.stack import Stack
from embedded.stopping import stopping_on_signals

_QUEUES = "scan,media,lifecycle,metering,audit,notify,default"


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
            manage(stack.environment(), ["demo"])  # while they start
            programs[0].wait_until(lambda: _is_ready(stack.web_port), 30)
            print(_welcome(stack, time.monotonic() - began), flush=True)
            watch([*stack.processes, *programs])
        except PartFailedError:
            blame([*stack.processes, *programs])  # where a part died, that is what to tell
            raise
        finally:
            stop_all(programs)
            stack.stop()
            (data / "env").unlink(missing_ok=True)


def _prepare(stack: Stack) -> None:
    """Bring tables, bucket and static files to where this code wants them."""
    environment = stack.environment()
    stack.write_environment()
    commands = [["migrate", "--verbosity=0", "--skip-checks"], ["provision_storage", "--skip-checks"]]
    if not static_files.are_collected(environment):
        static_files.begin_anew(environment)
        commands.append(["collectstatic", "--noinput", "--verbosity=0", "--skip-checks"])
    manage(environment, *commands)
    static_files.keep(environment)


def _start_programs(stack: Stack, programs: list[Process]) -> None:
    """Start the web server, a worker and the beat."""
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


def _web_command(port: int) -> list[str]:
    granian = [sys.executable, "-m", "granian", "--interface", "rsgi", "--loop", "uvloop", "--no-ws", "--workers", "1"]
    return [*granian, "--host", "127.0.0.1", "--port", str(port), "config.rsgi:application"]


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
  platform@gatehouse.example  the platform's owner: /platform/controls/token-life/
  password, everyone       {environment["DEMO_PASSWORD"]}

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
