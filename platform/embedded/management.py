"""Django's management commands, each in a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from embedded.process import PartFailedError, ending_with_parent

PROJECT = Path(__file__).resolve().parents[2]


def manage(environment: Mapping[str, str], *commands: Sequence[str]) -> None:
    """Run the commands side by side. Raises PartFailedError with what the first failing one printed.

    `migrate` runs as the database's owner, everything else as the application.
    """
    children = [(command, _start(command, environment)) for command in commands]
    answers = [(command, child.communicate()[0], child.returncode) for command, child in children]
    for command, output, code in answers:
        if code:
            raise PartFailedError(f"`manage.py {' '.join(command)}` failed.\n{output}")


def _start(command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[str]":
    role = {"DATABASE_URL": environment["MIGRATION_DATABASE_URL"]} if command[0] == "migrate" else {}
    return subprocess.Popen(
        [sys.executable, str(PROJECT / "manage.py"), *command],
        cwd=PROJECT,
        env={**os.environ, **environment, **role},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=ending_with_parent(signal.SIGTERM),  # noqa: PLW1509 - two system calls, no lock taken
    )
