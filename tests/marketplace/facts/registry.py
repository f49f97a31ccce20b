"""Which trial tries which sentence. A sentence that nothing tries is a promise that nobody keeps: it fails the test."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.marketplace.facts.card import Sentence

if TYPE_CHECKING:
    from tests.marketplace.facts.world import World

Try = Callable[..., None]


@dataclass(frozen=True)
class Trial:
    """A pattern of sentences in one row, and the function that tries them with what the pattern's groups say."""

    row: str
    pattern: re.Pattern[str]
    function: Try


_TRIALS: list[Trial] = []


def trial(row: str, pattern: str) -> Callable[[Try], Try]:
    """Have the function try the sentences of this row that are exactly like the pattern."""

    def register(function: Try) -> Try:
        _TRIALS.append(Trial(row, re.compile(pattern), function))
        return function

    return register


def try_sentence(world: "World", sentence: Sentence) -> None:
    """Run the one trial of the sentence. Raises AssertionError where there is none, more than one, or it fails."""
    matches = [(one, one.pattern.fullmatch(sentence.words)) for one in _TRIALS if one.row == sentence.row]
    found = [(one, match) for one, match in matches if match]
    assert len(found) == 1, f"“{sentence}” is tried by {len(found)} trials, and must be by one."
    (one, match), *_ = found
    if match is not None:
        one.function(world, **match.groupdict())


def rows() -> set[str]:
    """The rows that have trials."""
    return {one.row for one in _TRIALS}
