"""Decisions as values: what is allowed carries its labels, what is denied carries its reason and remedy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kernel.errors import Problem, ProblemType, Remedy


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes, with the labels that the object must carry (classification, retention, region…)."""

    labels: Mapping[str, str] = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True)
class Denied:
    """No, with the catalogued problem and the facts that fill its words."""

    problem: ProblemType
    facts: Mapping[str, str] = field(default_factory=_nothing)

    @property
    def reason(self) -> str:
        """What happened, in the words of the catalogue."""
        return self.problem.words_for(self.facts)

    @property
    def remedy(self) -> Remedy:
        """Who can do what about it."""
        return self.problem.remedy

    def as_problem(self) -> Problem:
        """The exception that answers a request with this denial."""
        return Problem.of(self.problem, self.facts)


Decision = Allowed | Denied
