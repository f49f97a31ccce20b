"""The language in which sentences are said: English as the code has it, unless an outer floor brings a dictionary.

This floor knows no request. Whoever does, says how words read for the person who is answered now; facts that are kept
stay English, and are said anew each time that somebody reads them.
"""

import datetime as dt
from typing import Protocol


class Tongue(Protocol):
    """A language, or several and the knowledge which one is meant now. Safe for any number of threads."""

    def said(self, words: str) -> str:
        """The words in that language; where it doesn't know them, as they are."""

    def marks(self) -> tuple[str, str]:
        """What stands between thousands, and before tenths."""

    def day(self, date: dt.date) -> str:
        """A day with its month's name and its year."""


class _English:
    def said(self, words: str) -> str:
        return words

    def marks(self) -> tuple[str, str]:
        return ",", "."

    def day(self, date: dt.date) -> str:
        return f"{date.day} {date:%B %Y}"


_spoken: list[Tongue] = [_English()]


def speak(tongue: Tongue) -> None:
    """Say everything by this tongue from now on, in the whole process."""
    _spoken[0] = tongue


def said(words: str) -> str:
    """The words as they read for whoever is answered now."""
    return _spoken[0].said(words)


def retold(kept: str) -> str:
    """Words that were kept, or those of them before a colon: after it stands a number, or what others said."""
    if (whole := said(kept)) != kept:
        return whole
    ours, colon, theirs = kept.partition(": ")
    return said(ours) + colon + theirs


def day(date: dt.date) -> str:
    """`3 March 2027`, as whoever is answered now writes it."""
    return _spoken[0].day(date)


def number(whole: int, fraction: str = "") -> str:
    """`1,234` or `1.5`, with the marks of whoever is answered now."""
    thousands, tenths = _spoken[0].marks()
    text = f"{whole:,}".replace(",", thousands)
    return f"{text}{tenths}{fraction}" if fraction else text
