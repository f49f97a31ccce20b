"""A process of its own that asks the gate again and again, and writes down each admission.

Run as `python -m tests.admission.hammer rates|life`, with a JSON question on standard input. One line for each ask that
was let in: when it began, in microseconds, and what was asked.
"""

import json
import sys
import time

import django
from django.conf import settings

django.setup()

from admission.asking import Ask  # noqa: E402 - Django first
from admission.gate import admit  # noqa: E402
from admission.limits import Layer, Rate  # noqa: E402
from admission.operations import Operation  # noqa: E402
from admission.tokens import TokenFacts  # noqa: E402
from kernel.errors import KEY_REVOKED, Problem  # noqa: E402
from tests.admission.asking import is_let_in, limits  # noqa: E402


def microseconds() -> int:
    return time.time_ns() // 1000


def asks(wanted: dict[str, list[dict[str, object]]]) -> list[Ask]:
    tokens = [TokenFacts(**{**facts, "ancestors": tuple(facts["ancestors"])}) for facts in wanted["tokens"]]  # type: ignore[arg-type]
    return [Ask.by(token, operation) for token in tokens for operation in (Operation.COPY, Operation.MULTIPART_START)]


def write(lines: list[list[object]]) -> None:
    print("\n".join(json.dumps(line) for line in lines))


def hammer_rates(wanted: dict[str, list[dict[str, object]]]) -> None:
    by = limits({Layer(layer): Rate(*rate) for layer, rate in wanted["rates"].items()})  # type: ignore[attr-defined]
    questions, ends, lines = asks(wanted), microseconds() + 1_500_000, []
    while (now := microseconds()) < ends:
        for place, ask in enumerate(questions):
            if is_let_in(ask, by, now := microseconds()):
                lines.append([now, place])
    write(lines)


def hammer_life(wanted: dict[str, list[dict[str, object]]]) -> None:
    """Until everything asked for is refused for good, and a little longer."""
    questions, lines = asks(wanted), []
    ends = microseconds() + 30_000_000
    while microseconds() < ends:
        began = microseconds()
        try:
            admit(questions[len(lines) % len(questions)])
        except Problem as problem:
            if problem.type is KEY_REVOKED:
                ends = min(ends, began + 700_000)
        else:
            if not lines:
                print("let in", flush=True)
            lines.append([began, 0])
    write(lines)


if __name__ == "__main__":
    settings.REDIS_TIMEOUT_SECONDS = 5  # the machine may be busy
    question = json.load(sys.stdin)
    {"rates": hammer_rates, "life": hammer_life}[sys.argv[1]](question)
