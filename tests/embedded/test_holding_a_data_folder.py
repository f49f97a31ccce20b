"""Two runs never write to one folder."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded import holding
from embedded.process import PartFailedError

HOLD = """
import pathlib, subprocess, sys, time
from embedded.holding import only_one
from embedded.process import Process
from embedded.stopping import StopRequested, stopping_on_signals
data = pathlib.Path(sys.argv[1])
try:
    with only_one(data), stopping_on_signals():
        child = Process("Child", ["sh", "-c", "trap '' TERM; echo up; sleep 1.5"], data / "child.log")
        child.start()
        child.wait_until(lambda: "up" in child.log.read_text(), 10)
        print("held by embedded", flush=True)
        time.sleep(60)
except StopRequested:
    child.kill()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        assert "held" in process.stdout.readline()
        yield process
        process.kill()


def test_a_second_run_says_that_one_is_running(tmp_path: Path, holder: "subprocess.Popen[str]") -> None:
    with pytest.raises(PartFailedError, match=f"running already .process {holder.pid}"), holding.only_one(tmp_path):
        pytest.fail("two hold one folder")


def test_a_folder_is_free_again_when_its_holder_has_stopped(tmp_path: Path, holder: "subprocess.Popen[str]") -> None:
    assert holding.release(tmp_path)
    assert not holding.is_held(tmp_path)
    with holding.only_one(tmp_path):
        assert holding.is_held(tmp_path)


def test_the_next_run_waits_for_the_servers_of_one_that_was_killed(
    tmp_path: Path, holder: "subprocess.Popen[str]"
) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert holding.is_held(tmp_path)  # the child is still ending
    with holding.only_one(tmp_path):
        assert (tmp_path / "lock").read_text() == str(os.getpid())


def test_there_is_nothing_to_stop_in_a_new_folder(tmp_path: Path) -> None:
    assert not holding.release(tmp_path)


def test_the_same_process_cannot_hold_a_folder_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "_PATIENCE_SECONDS", 0.2)
    with holding.only_one(tmp_path), pytest.raises(PartFailedError), holding.only_one(tmp_path):
        pytest.fail("two hold one folder")
