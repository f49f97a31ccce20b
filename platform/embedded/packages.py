"""What no wheel brings: Debian's clamd and Chromium, installed when missing and allowed."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence

_PACKAGES: Mapping[str, str] = {"clamd": "clamav-daemon", "chromium": "chromium"}
_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
_LOCK_PATIENCE_SECONDS = 300
_TRIES = 3


def missing(programs: Sequence[str]) -> list[str]:
    """The programs that this machine lacks."""
    return [program for program in programs if location(program) is None]


def location(program: str) -> str | None:
    """Where a program is, also for users whose PATH has no system folders."""
    return shutil.which(program, path=_PATH)


def install_missing(*programs: str) -> list[str]:
    """Install what is missing where this process may; returns what is missing still."""
    wanted = missing(programs)
    if wanted and os.geteuid() == 0 and shutil.which("apt-get"):
        _install([_PACKAGES[program] for program in wanted])
    return missing(programs)


def advice(programs: Sequence[str]) -> str:
    """What a person can do about missing programs."""
    names = " ".join(_PACKAGES[program] for program in programs)
    return f"{' and '.join(programs)} not found. Install once, as an administrator: apt-get install {names}"


def _install(names: Sequence[str]) -> None:
    """Update and install; tried again, since another installer may hold a lock that apt doesn't wait for."""
    print(f"Installing {' and '.join(names)} …", flush=True)
    install = ["install", "-y", "--no-install-recommends", "-o", f"DPkg::Lock::Timeout={_LOCK_PATIENCE_SECONDS}"]
    for _ in range(_TRIES):
        failure = _apt(["update"]) or _apt([*install, *names])
        if not failure:
            return
    print(failure, flush=True)


def _apt(arguments: Sequence[str]) -> str:
    """What it complained of; nothing when it did its work."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", "-qq", *arguments], env=environment, capture_output=True, text=True, check=False)
    return (done.stderr or f"apt-get ended with {done.returncode}.") if done.returncode else ""
