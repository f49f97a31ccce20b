"""Every metric there is. Labels are vocabularies, never ids, names or addresses: few series, and nobody's data.

With several processes each writes files below PROMETHEUS_MULTIPROC_DIR, and any of them tells the sum.
"""

import os

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

REQUESTS = Histogram(
    "gatehouse_request_seconds",
    "How long each operation took to answer, by the class of its answer",
    ["operation", "answer"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
PROBLEMS = Counter(
    "gatehouse_problems_total", "Refusals and failures by the catalogue's code: rate limits, quotas, policies, outages",
    ["operation", "code"],
)  # fmt: skip
EVENTS = Counter(
    "gatehouse_events_total", "What happened, once for each event on the record: tokens, signed URLs, scans, deletions",
    ["action"],
)  # fmt: skip
GATE = Counter(
    "gatehouse_gate_total", "The gate's decisions, and the layer that refused", ["verdict", "layer"],
)  # fmt: skip
GATE_WITHOUT_REDIS = Counter(
    "gatehouse_gate_without_redis_total", "Requests while Redis was silent: closed, or by the process's own limiter",
    ["mode"],
)  # fmt: skip
HOLDS = Counter(
    "gatehouse_holds_total", "Space for one file each: held for an upload, settled when it arrived, released again",
    ["step"],
)  # fmt: skip

STORAGE_FAILURES = Counter(
    "gatehouse_storage_failures_total", "Questions to storage that weren't answered: silent, failing, or not asked",
    ["how"],
)  # fmt: skip
DOOR = Counter(
    "gatehouse_door_total", "Requests that a process didn't take in: turned away, given up on, too slow to arrive",
    ["outcome", "priority"],
)  # fmt: skip
DOOR_WAIT = Histogram(
    "gatehouse_door_wait_seconds", "How long requests waited for a thread, those that had to", ["priority"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)  # fmt: skip

MULTIPROCESS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def registry() -> CollectorRegistry:
    """What one scrape reads: this process's metrics, or those of all processes."""
    if not os.environ.get(MULTIPROCESS_FOLDER):
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together


def exposition(of: CollectorRegistry) -> bytes:
    """The metrics in Prometheus's text format."""
    return generate_latest(of)
