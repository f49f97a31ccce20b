"""Sentences that are kept: English words with holes, and the facts for them, said anew to each person who reads them.

A hole's format names how its fact reads: `bytes`, `cents` and `count` are whole numbers, `words` are words or a whole
sentence of ours; without one the fact stands as it is, as a name that somebody gave must.
"""

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kernel.language import number, said
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


_READING = _Reading()
_READ_AS: Mapping[str, Callable[[Any], str]] = {
    "": str,
    "bytes": in_words,
    "cents": in_currency,
    "count": number,
    "words": lambda kept: str(Sentence.of(kept)),
}
