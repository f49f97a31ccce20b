"""How a version was checked: by which machine checks, by whom, when, and whether its signature holds now."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kernel.language import said
from marketplace.models import Review, TamperedError, TemplateVersion
from marketplace.review.analysis import Analysis, analysed
from marketplace.review.findings import Item
from marketplace.review.subject import Subject
from policy import document as documents
from policy.canonical import canonical_bytes
from policy.sentences import Sentence

ITEM_NAMES = {
    Item.CREDENTIALS: "Keys",
    Item.LIMITS: "Limits",
    Item.OBSERVABILITY: "Record",
    Item.COMPLIANCE: "Law and labels",
    Item.EXPERIENCE: "Words",
}


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """One item of the list that every template goes through."""

    name: str
    in_order: bool
    words: str


@dataclass(frozen=True, slots=True)
class Note:
    """One finding that stands, and why a person let it."""

    severity: str
    words: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Vetting:
    """What the page tells of a version's audit. `distrust` says why its signature doesn't hold; empty where it does."""

    items: tuple[CheckedItem, ...]
    notes: tuple[Note, ...]
    reviewer: str
    reviewed_at: dt.datetime
    reason: str
    risk_score: int
    key_name: str
    distrust: str

    @property
    def passed(self) -> int:
        """How many items are in order."""
        return sum(item.in_order for item in self.items)


def vetting_of(version: TemplateVersion) -> Vetting:
    """The audit of one version; the signature is verified now, whatever was true when it was published."""
    if version.review is not None:
        return _by_person(version, version.review)
    return _by_platform(version)


def distrust_of(version: TemplateVersion) -> str:
    """Why the version can't be trusted; empty where it is what was published and its signature holds."""
    try:
        _ = version.document
    except TamperedError as error:
        return str(error)
    return ""


def items_of(lines: Sequence[dict[str, Any]]) -> tuple[CheckedItem, ...]:
    """A review's stored checklist, as pages show it."""
    return tuple(CheckedItem(ITEM_NAMES[Item(line["item"])], line["in_order"], _told(line["words"])) for line in lines)


def _told(kept: Any) -> str:
    """Sentences that were kept; reviews from before facts were kept have one text."""
    return " ".join(str(Sentence.of(one)) for one in ([kept] if isinstance(kept, str) else kept))


def _by_person(version: TemplateVersion, review: Review) -> Vetting:
    findings = review.findings.order_by("id")
    return Vetting(
        items=items_of(review.checklist),
        notes=tuple(Note(one.severity, str(one.sentence), one.explanation) for one in findings),
        reviewer=str(review.decided_by.name or said("the platform team")) if review.decided_by else "",
        reviewed_at=review.decided_at or version.published_at,
        reason=review.decision_reason,
        risk_score=review.risk_score or 0,
        key_name=_key_name(version),
        distrust=distrust_of(version),
    )


def _by_platform(version: TemplateVersion) -> Vetting:
    """The platform's own: nobody handed it in, so the machine looks at what is published."""
    distrust = distrust_of(version)
    analysis = None if distrust else _analysis(canonical_bytes(version.content))
    lines = [] if analysis is None else analysis.checklist
    found = [] if analysis is None else analysis.findings
    return Vetting(
        items=tuple(CheckedItem(ITEM_NAMES[line.item], line.in_order, line.words) for line in lines),
        notes=tuple(Note(one.severity, str(one.sentence), "") for one in found),
        reviewer="",
        reviewed_at=version.published_at,
        reason="",
        risk_score=0 if analysis is None else analysis.risk.score,
        key_name=_key_name(version),
        distrust=distrust,
    )


def _key_name(version: TemplateVersion) -> str:
    return version.signature.partition(".")[0]


@lru_cache(256)
def _analysis(content: bytes) -> Analysis:
    """Of one content the checks always say the same, so a process looks once."""
    return analysed(Subject(documents.parse(content)))
