"""The servers without the platform, for developing against: in the foreground, or in the background until `down`."""

import subprocess
import sys
import time
from pathlib import Path

from embedded import packages
from embedded.holding import is_held, only_one, release
from embedded.process import PartFailedError, watch
from embedded.stack import Stack
from embedded.stopping import stopping_on_signals

_PATIENCE_SECONDS = 240


def up(data: Path) -> None:
    """Boot the servers and stay until Ctrl-C; `env` in the data folder is for sourcing into a shell."""
    packages.install_missing("clamd")
    with only_one(data), stopping_on_signals():
        stack = Stack(data)
        try:
            stack.start()
            print(f"Servers are up. In another shell: . {stack.write_environment()}", flush=True)
            watch(stack.processes)
        finally:
            stack.stop()
            (data / "env").unlink(missing_ok=True)


def up_in_background(data: Path) -> None:
    """Boot the servers and return once they serve; `down` stops them. Raises PartFailedError."""
    log = data / "logs" / "up.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    if is_held(data):
        print(f"Servers are up already: . {data / 'env'}")
        return
    (data / "env").unlink(missing_ok=True)
    with log.open("wb") as sink:
        child = subprocess.Popen(
            [sys.executable, "-m", "embedded", "up"],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _await(child, data / "env", log)
    print(f"Servers are up: . {data / 'env'}\nStop them with: python -m embedded down")


def _await(child: "subprocess.Popen[bytes]", sign: Path, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not sign.exists():
        if child.poll() is not None or time.monotonic() > deadline:
            child.terminate()
            raise PartFailedError(log.read_text(errors="replace").strip())
        time.sleep(0.05)


def down(data: Path) -> None:
    """Stop what runs with this data folder, and wait until it has ended."""
    print("Stopped." if release(data) else "Nothing was running.")
