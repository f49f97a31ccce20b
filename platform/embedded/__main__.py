"""`python -m embedded run|up|test`: the platform, its servers alone, or the tests on servers of their own."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from embedded import packages
from embedded.process import PartFailedError
from embedded.run import PROJECT, manage, only_one, run, stopping_on_signals
from embedded.stack import Stack

DATA = PROJECT / ".data"


def up() -> int:
    """The servers alone, until Ctrl-C; `.data/env` is for sourcing into a shell."""
    with only_one(DATA), stopping_on_signals():
        stack = Stack(DATA)
        try:
            stack.start()
            exports = (f"export {name}={shlex.quote(value)}\n" for name, value in stack.environment().items())
            (DATA / "env").write_text("".join(exports))
            print(f"Servers are up. In another shell: . {DATA / 'env'}", flush=True)
            while all(process.is_running() for process in stack.processes):
                time.sleep(0.5)
        finally:
            stack.stop()
    return 1


def test(arguments: list[str]) -> int:
    """Run pytest on servers of its own, which are gone afterwards."""
    if lacking := packages.install_missing("clamd", "chromium"):
        raise PartFailedError(packages.advice(lacking))
    DATA.mkdir(exist_ok=True)
    data = Path(tempfile.mkdtemp(prefix="test-", dir=DATA))
    data.chmod(0o711)
    stack = Stack(data, durable=False)
    try:
        with stopping_on_signals():
            stack.start()
            environment = {**stack.environment(), "CHROMIUM_PATH": str(shutil.which("chromium"))}
            manage(["collectstatic", "--noinput", "--verbosity=0"], environment)
            return _pytest(arguments, environment)
    finally:
        stack.stop()
        shutil.rmtree(data, ignore_errors=True)


def _pytest(arguments: list[str], environment: dict[str, str]) -> int:
    parallel = [] if any(argument.startswith("-n") for argument in arguments) else ["-n", "2"]
    command = [sys.executable, "-m", "pytest", *parallel, *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, cwd=PROJECT, check=False).returncode


def main(arguments: list[str]) -> int:
    """Do what the first argument says; a part's failure is told in words, without a traceback."""
    verb, rest = (arguments or [""])[0], arguments[1:]
    try:
        if verb == "run":
            run(DATA, web_port=int(os.environ.get("PORT", "0")) or None)
        elif verb == "up":
            return up()
        elif verb == "test":
            return test(rest)
        else:
            print(__doc__)
            return 2
    except KeyboardInterrupt:
        print("\nGatehouse has stopped.")
        return 0
    except PartFailedError as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
