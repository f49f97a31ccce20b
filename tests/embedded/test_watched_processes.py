"""A part's end is never unnoticed, and nothing outlives whoever started it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from embedded.process import PartFailedError, Process, blame, stop_all, watch

SLEEP = ["sleep", "60"]


def part(tmp_path: Path, *command: str, name: str = "Some server") -> Process:
    return Process(name, command, tmp_path / f"{name}.log")


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_a_crash_is_told_by_name_with_the_last_words(tmp_path: Path) -> None:
    crashing = part(tmp_path, "sh", "-c", "echo the disk is full; exit 3")
    crashing.start()
    with pytest.raises(PartFailedError, match=r"(?s)Some server stopped by itself \(exit code 3\).*the disk is full"):
        watch([crashing], every_seconds=0.02)


def test_a_kill_is_told_by_the_signal(tmp_path: Path) -> None:
    killed = part(tmp_path, *SLEEP)
    killed.start()
    killed.signal(signal.SIGKILL)
    with pytest.raises(PartFailedError, match="SIGKILL"):
        watch([killed], every_seconds=0.02)


def test_of_several_parts_the_dead_one_is_blamed(tmp_path: Path) -> None:
    living, dead = part(tmp_path, *SLEEP, name="Living"), part(tmp_path, "false", name="Dead")
    never_started = part(tmp_path, *SLEEP, name="Never started")
    living.start()
    dead.start()
    assert soon(dead.has_ended)
    with pytest.raises(PartFailedError, match=r"^Dead stopped"):
        blame([never_started, living, dead])
    living.stop()


def test_waiting_for_a_part_that_dies_does_not_last(tmp_path: Path) -> None:
    dying = part(tmp_path, "false")
    dying.start()
    began = time.monotonic()
    with pytest.raises(PartFailedError, match="stopped by itself"):
        dying.wait_until(lambda: False, 60)
    assert time.monotonic() - began < 10


def test_a_part_that_never_gets_ready_is_named(tmp_path: Path) -> None:
    slow = part(tmp_path, *SLEEP)
    slow.start()
    with pytest.raises(PartFailedError, match="Some server was not ready after 0 seconds"):
        slow.wait_until(lambda: False, 0.1)
    slow.stop()


def test_a_program_that_is_not_there_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        part(tmp_path, "/nowhere/server").start()


def test_a_part_that_ignores_the_wish_to_end_is_made_to(tmp_path: Path) -> None:
    stubborn = part(tmp_path, "sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done")
    stubborn.start()
    stubborn.wait_until(lambda: "deaf" in stubborn.log.read_text(), 10)
    stubborn.stop(seconds=0.2)
    assert not stubborn.is_running()


def test_what_a_part_started_ends_with_it(tmp_path: Path) -> None:
    parent = part(tmp_path, "sh", "-c", "sleep 60 & echo $!; wait")
    parent.start()
    parent.wait_until(lambda: parent.log.read_text().endswith("\n"), 10)
    grandchild = int(parent.log.read_text())
    parent.signal(signal.SIGKILL)
    assert soon(parent.has_ended)
    assert lives(grandchild)
    parent.stop()
    assert soon(lambda: not lives(grandchild))


def test_parts_are_stopped_side_by_side(tmp_path: Path) -> None:
    slow = [
        part(tmp_path, "sh", "-c", "trap 'sleep 0.5; exit' TERM; echo up; while :; do sleep 0.05; done", name=str(n))
        for n in range(4)
    ]
    for each in slow:
        each.start()
        each.wait_until(lambda each=each: "up" in each.log.read_text(), 10)
    began = time.monotonic()
    stop_all(slow)
    assert time.monotonic() - began < 1.8  # one after the other takes 2 seconds and more
    assert all(each.has_ended() for each in slow)


def test_the_log_before_is_kept_and_the_new_one_is_of_this_start_only(tmp_path: Path) -> None:
    for word in ("first", "second"):
        talking = part(tmp_path, "echo", word)
        talking.start()
        assert soon(talking.has_ended)
    assert talking.log.read_text() == "second\n"
    assert talking.log.with_suffix(".before.log").read_text() == "first\n"


def test_a_killed_supervisor_leaves_nothing_behind(tmp_path: Path) -> None:
    script = (
        "import pathlib, time\n"
        "from embedded.process import Process\n"
        f"child = Process('Child', ['sleep', '60'], pathlib.Path({str(tmp_path / 'child.log')!r}))\n"
        "child.start()\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    path = os.pathsep.join(sys.path)
    command = [sys.executable, "-c", script]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    ) as supervisor:
        assert supervisor.stdout
        child = int(supervisor.stdout.readline())
        assert lives(child)
        supervisor.kill()
    assert soon(lambda: not lives(child))
