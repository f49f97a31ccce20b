"""Rounds of measurements, interleaved, so that whatever else the machine does hits all alike."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.processes import cpu_seconds, resident_megabytes

SECONDS = 2.0
ROUNDS = 3


@dataclass(frozen=True)
class Target:
    """One thing that is measured: a request, the server that answers it, and the servers behind that one."""

    name: str
    port: int
    request: bytes
    server: int
    behind: Mapping[str, int]


@dataclass(frozen=True)
class Result:
    """The medians of a target's rounds. CPU in ms a request."""

    per_second: float
    p50_ms: float
    p99_ms: float
    cpu: Mapping[str, float]
    megabytes: float


def measure(targets: Sequence[Target], connections: int) -> dict[str, Result]:
    """Each target's medians. Raises RuntimeError for an answer that isn't 200 or 201."""
    told: dict[str, list[Result]] = {target.name: [] for target in targets}
    for number in range(ROUNDS + 1):
        for target in targets:
            result = _round(target, connections, SECONDS if number else 0.5)
            if number:
                told[target.name].append(result)
    return {name: _median(results) for name, results in told.items()}


def _round(target: Target, connections: int, seconds: float) -> Result:
    pids = {"server": target.server, **target.behind}
    before = {name: cpu_seconds(pid) for name, pid in pids.items()}
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(target.request)
        command = [
            sys.executable,
            "-m",
            "tests.bench.load",
            str(target.port),
            str(connections),
            str(seconds),
            file.name,
        ]
        answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout)
    if set(answer["statuses"]) - {"200", "201"}:
        raise RuntimeError(f"{target.name} answered {answer['statuses']}: {answer['refusal'][:300]}")
    count = sum(answer["statuses"].values())
    cpu = {name: (cpu_seconds(pid) - before[name]) * 1000 / count for name, pid in pids.items()}
    megabytes = resident_megabytes(target.server)
    return Result(answer["per_second"], answer["p50_ms"], answer["p99_ms"], cpu, megabytes)


def _median(results: Sequence[Result]) -> Result:
    def of(*values: float) -> float:
        return statistics.median(values)

    return Result(
        per_second=of(*(result.per_second for result in results)),
        p50_ms=of(*(result.p50_ms for result in results)),
        p99_ms=of(*(result.p99_ms for result in results)),
        cpu={name: of(*(result.cpu[name] for result in results)) for name in results[0].cpu},
        megabytes=of(*(result.megabytes for result in results)),
    )


def compare(what: str, targets: Sequence[Target], connections: Sequence[int] = (1, 32)) -> None:
    """Measure and print, against the last target."""
    for number in connections:
        print(f"\n{what}, {number} connection{'s' if number > 1 else ''}", flush=True)
        print(table(measure(targets, number), against=targets[-1].name), flush=True)


def table(results: Mapping[str, Result], against: str) -> str:
    """The results side by side, the ratio to one of them beside each."""
    rows = [f"{'':34} {'req/s':>8} {'ratio':>7} {'p50 ms':>8} {'p99 ms':>8} {'MB':>6}  CPU ms a request"]
    for name, result in results.items():
        ratio = result.per_second / results[against].per_second
        cpu = ", ".join(f"{part} {value:.2f}" for part, value in result.cpu.items())
        rows.append(
            f"{name:34} {result.per_second:8.0f} {ratio:6.2f}x {result.p50_ms:8.2f} {result.p99_ms:8.2f} "
            f"{result.megabytes:6.0f}  {cpu}"
        )
    return "\n".join(rows)
