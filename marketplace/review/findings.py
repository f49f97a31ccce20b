"""What a check may say of a template: how bad, where, why, and what would put it right."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from policy.sentences import Fact, Sentence

Change = Mapping[str, Any]
"""One operation of a JSON Patch (RFC 6902): `op`, `path` and, but for `remove`, `value`."""


class Severity(enum.StrEnum):
    """How bad a finding is. Only `high` stands in the way of approval."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def weight(self) -> int:
        """What one finding adds to the risk, of a hundred."""
        return _WEIGHTS[self]


_WEIGHTS = {Severity.INFO: 0, Severity.LOW: 3, Severity.MEDIUM: 12, Severity.HIGH: 40}


class Item(enum.StrEnum):
    """What must be in order before a template ships."""

    CREDENTIALS = "credentials"
    LIMITS = "limits"
    OBSERVABILITY = "observability"
    COMPLIANCE = "compliance"
    EXPERIENCE = "experience"

    @property
    def words(self) -> str:
        """What is in order, as a sentence."""
        return _ITEMS[self]


_ITEMS = {
    Item.CREDENTIALS: "No key or password stands in it, and only short-lived access is given.",
    Item.LIMITS: "Sizes, space and cost are bounded, and only owners can change the bounds.",
    Item.OBSERVABILITY: "Everything is on the record, and costs can be told apart.",
    Item.COMPLIANCE: "Regions, encryption, retention and checks fit the kind of files.",
    Item.EXPERIENCE: "Permissions and consent are in plain words, and the words are true.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a template.

    `pointer` leads into the document (RFC 6901), `evidence` is what stands there, `fix` is a JSON Patch that puts it
    right, or empty where a person must think. `words` and `facts` are its sentence, as it is kept.
    """

    severity: Severity
    code: str
    pointer: str
    evidence: str
    words: str
    fix: tuple[Change, ...] = field(default=())
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def sentence(self) -> Sentence:
        """What a person reads."""
        return Sentence(self.words, self.facts)


def replace(path: str, value: Any) -> Change:
    """Another value there."""
    return {"op": "replace", "path": path, "value": value}


def add(path: str, value: Any) -> Change:
    """A value there, or one more in a list."""
    return {"op": "add", "path": path, "value": value}


def remove(path: str) -> Change:
    """Nothing there."""
    return {"op": "remove", "path": path}
