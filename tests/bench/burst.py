"""A spike of bots on one template, and what another template's app notices of it, with and without the emergency limit.

Both come at a set pace: the bots at more than one process can answer, the neighbour at what an app in use asks.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from embedded.management import PROJECT, manage
from embedded.ports import Ports
from embedded.stack import Stack
from tests.bench.gateway import WISH
from tests.bench.processes import cpu_seconds
from tests.bench.servers import DOOR, asked, json_request, printed, settings, start

SECONDS = 8.0
LEAD_SECONDS = 2.0
ROUNDS = 3
BOTS_A_SECOND = 600
NEIGHBOURS_A_SECOND = 40
_SPREADS_IN_SECONDS = 2.0


def measure_burst(servers: Stack, running: ExitStack) -> None:
    """Print the neighbour's latencies in quiet, in the spike, and in the spike with its template limited."""
    port = Ports(servers.data / "bench-ports.json").port("gatehouse")
    environment = {**settings(servers, port), "WEB_WAITING_ROOM": "64"}
    manage(environment, ["migrate", "--verbosity=0"])
    manage(environment, ["provision_storage"])
    manage(environment, ["demo"])
    server = start(running, "Gatehouse", "config.rsgi:application", port, environment, servers, DOOR)
    told = json.loads(printed(environment, "tests.bench.spiked"))
    neighbour = [json_request(port, "POST", "/api/v1/uploads", told["neighbour"], WISH)]
    bots = [json_request(port, "POST", "/api/v1/uploads", token, WISH) for token in told["bots"]]
    for one in (*neighbour, *bots):
        asked(port, one)

    def limit(command: str) -> None:
        printed(environment, "tests.bench.spiked", command)
        time.sleep(_SPREADS_IN_SECONDS)

    rounds: dict[str, list[tuple[dict[str, Any], dict[str, Any], float]]] = {}
    for _number in range(ROUNDS):
        rounds.setdefault("quiet", []).append(_round(port, server, neighbour, []))
        rounds.setdefault("spike", []).append(_round(port, server, neighbour, bots))
        limit("limit")
        rounds.setdefault("spike, limited", []).append(_round(port, server, neighbour, bots))
        limit("lift")
    print(f"\n{NEIGHBOURS_A_SECOND} starts a second beside {BOTS_A_SECOND} of bots on another template")
    _print(rounds)


def _round(port: int, server: int, neighbour: Sequence[bytes], bots: Sequence[bytes]) -> tuple[Any, Any, float]:
    """What the neighbour and the bots heard, and the server's CPU seconds a second."""
    before, begun = cpu_seconds(server), time.perf_counter()
    with ExitStack() as files:
        attack = _crowd(files, port, BOTS_A_SECOND, SECONDS + 2 * LEAD_SECONDS, bots) if bots else None
        time.sleep(LEAD_SECONDS)
        use = _crowd(files, port, NEIGHBOURS_A_SECOND, SECONDS, neighbour)
        heard = _heard(use)
        used = (cpu_seconds(server) - before) / (time.perf_counter() - begun)
        return heard, _heard(attack) if attack else {"statuses": {}}, used


def _crowd(
    files: ExitStack, port: int, per_second: float, seconds: float, requests: Sequence[bytes]
) -> "subprocess.Popen[str]":
    folder = Path(files.enter_context(tempfile.TemporaryDirectory()))
    names = [str(folder / str(number)) for number in range(len(requests))]
    for name, one in zip(names, requests, strict=True):
        Path(name).write_bytes(one)
    command = [sys.executable, "-m", "tests.bench.paced", str(port), str(per_second), str(seconds), *names]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT)


def _heard(crowd: "subprocess.Popen[str]") -> dict[str, Any]:
    output, _errors = crowd.communicate(timeout=60)
    return dict(json.loads(output))


def _print(rounds: dict[str, list[tuple[dict[str, Any], dict[str, Any], float]]]) -> None:
    print(f"{'':18} {'p50 ms':>8} {'p99 ms':>8} {'ratio':>7} {'CPU':>6}  the neighbour's answers; the bots'")
    quiet = statistics.median(use["p99_ms"] for use, _bots, _cpu in rounds["quiet"])
    for name, measured in rounds.items():
        p50 = statistics.median(use["p50_ms"] for use, _bots, _cpu in measured)
        p99 = statistics.median(use["p99_ms"] for use, _bots, _cpu in measured)
        cpu = statistics.median(used for _use, _bots, used in measured)
        answers = [_sum(each[part]["statuses"] for each in measured) for part in (0, 1)]
        print(f"{name:18} {p50:8.2f} {p99:8.2f} {p99 / quiet:6.2f}x {cpu:5.0%}  {answers[0]}; {answers[1]}")


def _sum(counts: Any) -> dict[str, int]:
    told: dict[str, int] = {}
    for each in counts:
        for status, count in each.items():
            told[status] = told.get(status, 0) + count
    return told
