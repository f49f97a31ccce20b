"""`python -m embedded run|up|test|configured`: the platform, its servers alone, the tests on servers of their own,

or any command under complete production settings whose secrets were made up for it (for checks that need no server).
"""

import os
import secrets
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
from embedded.vault import new_signing_key

DATA = PROJECT / ".data"


def production_like_settings() -> dict[str, str]:
    """Every setting that production must name, with made-up secrets."""
    return {
        "GATEHOUSE_ENV": "production",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(60),
        "SITE_URL": "https://gatehouse.example",
        "ALLOWED_HOSTS": "gatehouse.example",
        "DATABASE_URL": "postgres://gatehouse_app:unused@db.example/gatehouse",
        "REDIS_URL": "rediss://:unused@redis.example:6379/0",
        "S3_ENDPOINT_URL": "https://s3.example",
        "S3_ACCESS_KEY_ID": "unused",
        "S3_SECRET_ACCESS_KEY": "unused",
        "CLAMD_URL": "tcp://clamd.example:3310",
        "BROKER_SIGNING_KEY": new_signing_key(),
    }


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


def configured(command: list[str]) -> int:
    """Run a command as if everything were set for production; nothing that is named there exists."""
    environment = {**os.environ, **production_like_settings()}
    return subprocess.run(command, env=environment, cwd=PROJECT, check=False).returncode


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
        elif verb == "configured":
            return configured(rest)
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
