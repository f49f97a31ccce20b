"""`make bench`: each part beside what it is compared with, on one machine in one run.

`make bench ARGS=gateway` measures one part; the names are the modules' own.
"""

import os
import platform
import sys
from contextlib import ExitStack

from embedded import packages
from tests.bench.broker import measure_broker
from tests.bench.burst import measure_burst
from tests.bench.gateway import measure_gateway
from tests.bench.growth import measure_growth
from tests.bench.module import measure_module
from tests.bench.pipeline import measure_pipeline
from tests.bench.servers import stack

PARTS = {
    "broker": measure_broker,
    "gateway": measure_gateway,
    "growth": measure_growth,
    "burst": measure_burst,
    "pipeline": measure_pipeline,
    "module": measure_module,
}


def main(names: list[str]) -> None:
    if lacking := packages.install_missing("clamd"):
        raise SystemExit(packages.advice(lacking))
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; each server one process")
    for name in names or PARTS:
        with stack() as servers, ExitStack() as running:
            PARTS[name](servers, running)


if __name__ == "__main__":
    main(sys.argv[1:])
