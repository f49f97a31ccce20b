"""Asking the script under limits and a clock of the test's own."""

from collections.abc import Mapping
from typing import Any

from admission import gate, lease
from admission.asking import Admission, Ask, RefusedError
from admission.limits import Layer, Limits, Rate, TemplateRate
from admission.operations import DEFAULT_COSTS, Kind
from admission.question import question
from admission.rules import LimitsInForce

START = 1_800_000_000_000_000
"""A moment in microseconds at which the tests' clocks begin."""


def limits(rates: Mapping[Layer, Rate], weights: Mapping[str, int] | None = None, **more: Any) -> Limits:
    """Only these layers have rates, alike for all kinds of operations."""
    table = {(layer, kind): rate for layer, rate in rates.items() for kind in Kind}
    return Limits({**DEFAULT_COSTS, **more.pop("costs", {})}, table, weights or {}, **more)


def throttled(slug: str, throttle: TemplateRate) -> Limits:
    """No rates but the template's."""
    return limits({}, templates={slug: throttle})


def decide(ask: Ask, by: Limits, now: int | None = START) -> Admission:
    """The gate's decision under these limits at this moment. Raises RefusedError."""
    while True:
        asked = question(ask, LimitsInForce(2**40, by), now)
        answer = gate._decide(asked.keys, asked.arguments)
        if answer[0] != b"unsure":
            return gate._judged(asked, answer)
        lease.renew()


def wait_of(ask: Ask, by: Limits, now: int) -> tuple[bool, str, int]:
    """Whether it was let in, else which layer refused and for how many microseconds, as the script says it."""
    while True:
        asked = question(ask, LimitsInForce(2**40, by), now)
        verdict, number, wait, *_rest = gate._decide(asked.keys, asked.arguments)
        if verdict == b"unsure":
            lease.renew()
            continue
        assert verdict in {b"admitted", b"limited"}
        return verdict == b"admitted", asked.layers[number - 1][0] if wait else "", wait


def is_let_in(ask: Ask, by: Limits, now: int) -> bool:
    """Whether the gate lets it in."""
    try:
        decide(ask, by, now)
    except RefusedError:
        return False
    return True
