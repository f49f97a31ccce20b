"""`make test`: pytest on servers of its own, which are gone afterwards; nothing is kept between two runs."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from embedded import packages
from embedded.holding import is_held, only_one
from embedded.management import PROJECT, manage
from embedded.process import PartFailedError, blame, ending_with_parent
from embedded.stack import Stack
from embedded.stopping import StopRequested, stopping_on_signals

_PREFIX = "test-"
_PATIENCE_SECONDS = 30
_NOTHING_COLLECTED = 5
_PATIENT = {
    "REDIS_TIMEOUT_MILLISECONDS": "1000",
    "S3_PROMPT_CONNECT_MILLISECONDS": "500",
    "S3_PROMPT_ANSWER_MILLISECONDS": "5000",
}
"""Two cores under a whole suite keep Redis waiting longer than a platform's own machine would."""
_MIGRATED = "gatehouse_migrated"
"""A database as the migrations leave it. Each of the tests' own is a copy of it."""


def test(data: Path, arguments: Sequence[str]) -> int:
    """Run the tests; returns pytest's exit code. Raises PartFailedError when a server fails before or meanwhile."""
    if lacking := packages.install_missing("clamd", "chromium"):
        raise PartFailedError(packages.advice(lacking))
    _sweep(data)
    with stopping_on_signals(), _passing_stack(data) as stack:
        environment = {
            **stack.environment(),
            **_PATIENT,
            "CHROMIUM_PATH": str(packages.location("chromium")),
            "MIGRATED_DATABASE": _MIGRATED,
            "PYTHONDONTWRITEBYTECODE": "",  # else every process compiles everything again
        }
        manage(environment, ["collectstatic", "--noinput", "--verbosity=0"], ["migrate", "--verbosity=0"])
        stack.postgres.copy(_MIGRATED)
        code = _both_halves(arguments, environment) or _node_tests(arguments)
        blame(stack.processes)
        return code


@contextmanager
def _passing_stack(data: Path) -> Iterator[Stack]:
    data.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=data))
    folder.chmod(0o755)
    with only_one(folder):
        stack = Stack(folder, durable=False)
        try:
            stack.start()
            yield stack
        finally:
            stack.remove()
            shutil.rmtree(folder, ignore_errors=True)


def _sweep(data: Path) -> None:
    """Remove what killed runs left behind; a folder that is held belongs to a run beside this one."""
    for folder in data.glob(f"{_PREFIX}*"):
        if (folder / "lock").exists() and not is_held(folder):
            Stack(folder, durable=False).remove()
            shutil.rmtree(folder, ignore_errors=True)


def _node_tests(arguments: Sequence[str]) -> int:
    """The JavaScript's own tests, with the whole suite and where the machine has Node; they are said to be left out."""
    node = shutil.which("node")
    if arguments:
        return 0
    if node is None:
        print("Node is not installed: the JavaScript SDK's tests were left out.")
        return 0
    return subprocess.run([node, "--test", "tests/sdk/"], cwd=PROJECT, check=False).returncode


def _both_halves(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """The journeys need the machine and one running platform for themselves; everything else runs on two cores."""
    many = _pytest(["-m", "not browser", "-n", "2", "--dist", "worksteal", *arguments], environment)
    if many not in {0, _NOTHING_COLLECTED}:
        return many
    journeys = _pytest(["-m", "browser", *arguments], environment)
    return many if journeys == _NOTHING_COLLECTED else journeys


def _pytest(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run it in this terminal's process group, so that debuggers can read from the terminal."""
    child = subprocess.Popen(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=PROJECT,
        env={**os.environ, **environment},
        preexec_fn=ending_with_parent(signal.SIGINT),  # noqa: PLW1509 - two system calls, no lock taken
    )
    try:
        return child.wait()
    except StopRequested as request:
        if request.number != signal.SIGINT:  # which the terminal gives to both
            child.send_signal(signal.SIGINT)
        _await(child)
        raise


def _await(child: "subprocess.Popen[bytes]") -> None:
    try:
        child.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
