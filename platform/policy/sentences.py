"""Sentences that are kept: English words with holes, and the facts for them, said anew to each person who reads them.

A hole's format names how its fact reads: `bytes`, `cents` and `count` are whole numbers, `day` is a date as ISO 8601
writes it, `words` are words of ours, after whose colon a number or others' words may follow. Without one a fact that is
a sentence is said, and any other stands as it is, as a name that somebody gave must.
"""

import datetime as dt
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kernel.language import day, number, retold, said
from kernel.sizes import in_words
from policy.costs import in_currency

Fact = str | int | Mapping[str, Any]
"""What JSON can keep."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. Words without facts are said as they are, whatever braces stand in them."""

    words: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def __str__(self) -> str:
        words = said(self.words)
        return _READING.vformat(words, (), self.facts) if self.facts else words

    def kept(self) -> dict[str, Fact]:
        """As JSON keeps it; also a fact of another sentence."""
        return {"words": self.words, "facts": dict(self.facts)}

    @classmethod
    def of(cls, kept: Any) -> "Sentence":
        """What was kept: by `kept`, or as words alone."""
        return cls(kept["words"], kept["facts"]) if isinstance(kept, Mapping) else cls(str(kept))


class _Reading(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        return _READ_AS[format_spec](value)


def as_read(fact: Fact) -> str:
    """A fact as people read it: a sentence is said, a name stands as it is."""
    return _told(fact, str)


def _told(fact: Any, otherwise: Callable[[str], str]) -> str:
    return str(Sentence.of(fact)) if isinstance(fact, Mapping) else otherwise(str(fact))


_READING = _Reading()
_READ_AS: Mapping[str, Callable[[Any], str]] = {
    "": as_read,
    "bytes": in_words,
    "cents": in_currency,
    "count": number,
    "day": lambda kept: day(dt.date.fromisoformat(kept)),
    "words": lambda fact: _told(fact, retold),
}
