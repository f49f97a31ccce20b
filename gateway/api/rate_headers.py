"""How much room is left, on every answer: the X-RateLimit headers and the IETF's RateLimit fields."""

from collections.abc import Mapping, Sequence

from admission.asking import LayerState, most_constraining


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
