"""What no wheel brings: Debian's clamd and Chromium, installed when missing and allowed."""

import os
import shutil
import subprocess
from collections.abc import Mapping

_PACKAGES: Mapping[str, str] = {"clamd": "clamav-daemon", "chromium": "chromium"}
_PATHS = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"


def missing(programs: tuple[str, ...]) -> list[str]:
    """The programs that this machine lacks."""
    return [program for program in programs if shutil.which(program, path=_PATHS) is None]


def install_missing(*programs: str) -> list[str]:
    """Install what is missing where this process may; returns what is missing still."""
    wanted = missing(programs)
    if wanted and os.geteuid() == 0 and shutil.which("apt-get"):
        names = [_PACKAGES[program] for program in wanted]
        print(f"Installing {', '.join(names)} …", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *names]):
            subprocess.run(["apt-get", *arguments], env=environment, stdout=subprocess.DEVNULL, check=False)
    return missing(programs)


def advice(programs: list[str]) -> str:
    """What a person can do about missing programs."""
    names = " ".join(_PACKAGES[program] for program in programs)
    return f"{', '.join(programs)} not found, and this user can't install it. Run once: sudo apt-get install {names}"
