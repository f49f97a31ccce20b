"""The time, in one place, so that rules take it as a value."""

import datetime as dt
import time


def now() -> dt.datetime:
    """The present moment in UTC."""
    return dt.datetime.now(dt.UTC)


def unix_seconds() -> float:
    """Seconds since the epoch, with a fraction, as JWT's NumericDate counts them (RFC 7519 §2)."""
    return time.time()
