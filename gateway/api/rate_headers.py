"""How much room is left, on every answer: the X-RateLimit headers and the IETF's RateLimit fields."""

from collections.abc import Mapping, Sequence

from admission.asking import LayerState, most_constraining

_SECOND = 1_000_000


def rate_headers(states: Sequence[LayerState]) -> Mapping[str, str]:
    """The most constraining layer in the old headers; every layer in `RateLimit-Policy` and `RateLimit`.

    `q` and `r` are in units of cost, `w` and `t` in seconds, after the IETF draft on RateLimit header fields.
    """
    tightest = most_constraining(tuple(states))
    if tightest is None:
        return {}
    return {
        "X-RateLimit-Limit": str(tightest.rate.burst),
        "X-RateLimit-Remaining": str(tightest.remaining),
        "X-RateLimit-Reset": str(tightest.reset_seconds),
        "RateLimit-Policy": ", ".join(f'"{state.layer}";q={state.rate.burst};w={_window(state)}' for state in states),
        "RateLimit": ", ".join(f'"{state.layer}";r={state.remaining};t={state.reset_seconds}' for state in states),
    }


def _window(state: LayerState) -> int:
    return max(1, -(-state.rate.burst * state.rate.interval // _SECOND))
