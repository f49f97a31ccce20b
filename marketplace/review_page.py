"""What the page of a review shows: the risk, findings, what changed, and what stands in the way of approval."""

from dataclasses import dataclass

from accounts.models import User
from marketplace.differences import Difference, differences
from marketplace.draft_page import facts_of
from marketplace.models import Review, ReviewFinding, TemplateVersion
from marketplace.publishing import current_version
from marketplace.reviews import obstacles
from marketplace.safety_facts import SafetyFacts
from marketplace.version_page import RegionCost, region_costs
from marketplace.vetting import CheckedItem, items_of
from policy import document as documents
from policy.canonical import canonical_bytes
from policy.document import Document, DocumentError
from policy.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed in, as people see it; nothing of it where it is no document any more."""

    document: Document
    facts: SafetyFacts
    costs: tuple[RegionCost, ...]
    previous: TemplateVersion | None
    changes: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One review, for one person."""

    review: Review
    handed: Handed | None
    findings: tuple[ReviewFinding, ...]
    items: tuple[CheckedItem, ...]
    risk: tuple[str, ...]
    obstacles: tuple[str, ...]
    is_own: bool
    is_open: bool


def review_page(review: Review, person: User) -> ReviewPage:
    """The page of one review. The worst findings stand first, as the analysis keeps them."""
    return ReviewPage(
        review=review,
        handed=_handed(review),
        findings=tuple(review.findings.select_related("explained_by").order_by("id")),
        items=items_of(review.checklist),
        risk=tuple(str(Sentence.of(line)) for line in review.risk_words),
        obstacles=obstacles(review, person),
        is_own=review.requested_by_id == person.pk,
        is_open=review.is_open,
    )


def _handed(review: Review) -> Handed | None:
    try:
        document = documents.parse(canonical_bytes(review.content))
    except DocumentError:
        return None
    previous = _previous(review, document)
    changes = differences(previous.document, document) if previous else ()
    return Handed(document, facts_of(document), region_costs(document), previous, changes)


def _previous(review: Review, document: Document) -> TemplateVersion | None:
    """The version that this one would follow."""
    current = current_version(document.slug)
    return current if current is not None and current.review_id != review.pk else None
