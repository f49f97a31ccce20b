"""Sizes, numbers and times as the cards word them, read by a reader that knows nothing of how they were written."""

import re
from decimal import Decimal

_BYTES = {"byte": 1, "bytes": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_DAYS = {"day": 1, "year": 365}


def number(words: str) -> int:
    """`10,000` → 10000."""
    return int(words.replace(",", ""))


def size(words: str) -> int:
    """`1.5 GB` in bytes."""
    amount, unit = words.split()
    return int(Decimal(amount.replace(",", "")) * _BYTES[unit])


def reads_as(words: str, exact: int) -> bool:
    """Whether so many bytes, with one decimal, read like this."""
    unit = _BYTES[words.split()[1]]
    return abs(size(words) - exact) <= unit // 20


def seconds(words: str) -> int:
    """`2 minutes` in seconds."""
    amount, unit = words.split()
    return int(amount) * _SECONDS[unit.rstrip("s")]


def days(kept: str) -> int | None:
    """How many days a file stays: `For 90 days`, `For 10 years` with their leap days; None for as long as the app."""
    if kept == "As long as the app exists":
        return None
    found = re.fullmatch(r"For ([\d,]+) (day|year)s?", kept)
    assert found, kept
    amount = number(found[1])
    return amount * _DAYS[found[2]] + (-(-amount // 4) if found[2] == "year" and amount > 3 else 0)
