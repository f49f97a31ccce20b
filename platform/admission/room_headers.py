"""How much room is left, on every answer of the API and the broker: X-RateLimit and the IETF's RateLimit fields."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from admission.asking import LayerState, most_constraining
from admission.limits import Layer, default_limits
from admission.operations import Kind
from kernel.errors import Problem


def rate_headers(states: Sequence[LayerState]) -> Mapping[str, str]:
    """The most constraining layer in the old headers; every layer in `RateLimit-Policy` and `RateLimit`.

    `q` and `r` are in units of cost, `w` and `t` in seconds, after the IETF draft on RateLimit header fields.
    """
    tightest = most_constraining(tuple(states))
    if tightest is None:
        return {}
    policies = (f'"{state.layer}";q={state.rate.burst};w={state.rate.window_seconds}' for state in states)
    rooms = (f'"{state.layer}";r={state.remaining};t={state.reset_seconds}' for state in states)
    return {
        "X-RateLimit-Limit": str(tightest.rate.burst),
        "X-RateLimit-Remaining": str(tightest.remaining),
        "X-RateLimit-Reset": str(tightest.reset_seconds),
        "RateLimit-Policy": ", ".join(policies),
        "RateLimit": ", ".join(rooms),
    }


class Hearsay:
    """The room of the layer that everybody shares, as this process last heard of it."""

    def __init__(self) -> None:
        self._heard: tuple[LayerState, float] | None = None

    def hear(self, states: Sequence[LayerState]) -> None:
        """Remember what the gate said; the widest layer comes first."""
        if states and states[0].layer is Layer.PLATFORM:
            self._heard = states[0], time.monotonic()

    def state(self) -> LayerState:
        """With what has come back since."""
        if self._heard is None:
            return _untouched()
        state, moment = self._heard
        passed = int(time.monotonic() - moment)
        regained = passed * 1_000_000 // state.rate.interval
        remaining = min(state.rate.burst, state.remaining + regained)
        return replace(state, remaining=remaining, reset_seconds=max(0, state.reset_seconds - passed))


hearsay = Hearsay()


def headers_unasked(problem: Problem) -> Mapping[str, str]:
    """For who was refused before the gate was asked, by whom nobody knows or nobody could: the platform's room.

    Where waiting helps there is none until then, whatever the gate would have said.
    """
    state = hearsay.state()
    if problem.type.retryable and problem.retry_after_s:
        state = replace(state, remaining=0, reset_seconds=problem.retry_after_s)
    return rate_headers((state,))


@cache
def _untouched() -> LayerState:
    rate = default_limits().rates[Layer.PLATFORM, Kind.READ]
    return LayerState(Layer.PLATFORM, rate, rate.burst, 0)
