"""When to try again: ever longer, with jitter so that what failed together doesn't come back together. Pure."""

import datetime as dt

MAX_ATTEMPTS = 9
_FIRST = dt.timedelta(seconds=5)
_FACTOR = 4
_LONGEST = dt.timedelta(hours=8)
_LONGEST_REST = dt.timedelta(minutes=10)


def wait_after(attempts: int, jitter: float) -> dt.timedelta:
    """How long after so many attempts; `jitter` in [0, 1) takes away up to half.

    5 s, 20 s, 80 s, 5 min, 21 min, 85 min, 6 h, 8 h: nine attempts in about sixteen hours.
    """
    longest: dt.timedelta = min(_FIRST * _FACTOR ** (attempts - 1), _LONGEST)
    return longest * (1 - jitter / 2)


def rest_after(failures: int, jitter: float) -> dt.timedelta:
    """How long an endpoint is left alone after so many failures in a row, whatever else waits for it.

    So one that is down costs one attempt in ten minutes, and not one for each notice.
    """
    return min(wait_after(failures, jitter), _LONGEST_REST)
