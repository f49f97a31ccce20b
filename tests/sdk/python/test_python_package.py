"""The package stands alone: typed, without the server's code, without Django."""

import subprocess
import sys
import tomllib
from pathlib import Path

HOME = Path(__file__).resolve().parents[3] / "platform" / "sdk" / "python"
SERVER = {"accounts", "admission", "audit", "broker", "config", "django", "gateway", "kernel", "marketplace", "storage"}


def test_it_imports_nothing_of_the_server() -> None:
    code = "import sys, gatehouse; print(*(name.split('.')[0] for name in sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(HOME / "src")}, capture_output=True, check=True
    )
    assert not SERVER & set(ran.stdout.decode().split())


def test_it_needs_only_what_it_says() -> None:
    needs = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]["dependencies"]
    assert [need.split(">")[0] for need in needs] == ["httpx2", "anyio"]


def test_it_says_that_it_is_typed() -> None:
    assert (HOME / "src" / "gatehouse" / "py.typed").exists()
