"""One worker's pipeline beside raw clamd on the same files, and the memory that two gigabytes need."""

import json
import os
import statistics
from contextlib import ExitStack

from embedded.management import manage
from embedded.ports import Ports
from embedded.stack import Stack
from tests.bench.servers import printed, settings

MOST_MEGABYTES = 300
"""What the scan of any file may take, the interpreter and all that is loaded included."""


def measure_pipeline(servers: Stack, running: ExitStack) -> None:
    """Print files and megabytes a second of both, their ratio, and the highest memory of the largest file's scan."""
    environment = settings(servers, Ports(servers.data / "bench-ports.json").port("gatehouse"))
    manage(environment, ["migrate", "--verbosity=0"], ["provision_storage"])
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"\nPipeline, from quarantine to where files stand, one worker; the machine's load before: {load}")
    for kind in json.loads(printed(environment, "tests.bench.scanned")):
        raw, ours = (statistics.median(each[which] for each in kind["rounds"]) for which in (0, 1))
        print(f"  {kind['name']} ({kind['files']} files, {kind['bytes'] / 1e6:.0f} MB)")
        for name, seconds in (("raw clamd", raw), ("pipeline", ours)):
            print(f"    {name:10} {kind['files'] / seconds:8.1f} files/s {kind['bytes'] / seconds / 1e6:8.1f} MB/s")
        print(f"    clamd alone is {ours / raw:.1f} times as fast")
    _measure_large(environment)


def _measure_large(environment: dict[str, str]) -> None:
    where = json.loads(printed(environment, "tests.bench.scanned_large"))
    told = json.loads(printed(environment, "tests.bench.scanned_large", where["tenant"], where["upload"]))
    highest = max(told["process"], told["children"]) / 1e6
    verdict = "within" if highest <= MOST_MEGABYTES else "ABOVE"
    print(f"  2 GB: {told['state']} after {told['seconds']:.0f} s, {2000 / told['seconds']:.0f} MB/s")
    print(f"    highest memory {highest:.0f} MB, {verdict} the {MOST_MEGABYTES} MB that it may take")
