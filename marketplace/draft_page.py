"""What the page of a draft shows: its facts as they would be enforced, a dry run, and what the checks say now."""

from dataclasses import dataclass

import structlog

from marketplace.draft import Tried, dry_run
from marketplace.models import Review, Template, TemplateDraft, TemplateVersion
from marketplace.review.analysis import Analysis, analysed
from marketplace.reviews import subject_of
from marketplace.safety_facts import SafetyFacts, safety_facts
from marketplace.version_page import RegionCost, region_costs
from policy.canonical import digest
from policy.document import Document

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DraftPage:
    """One draft, now. `analysis` is None where the checks could not look at it."""

    document: Document
    facts: SafetyFacts
    costs: tuple[RegionCost, ...]
    tried: tuple[Tried, ...]
    analysis: Analysis | None
    review: Review | None


def draft_page(draft: TemplateDraft) -> DraftPage:
    """The page of one draft."""
    document = draft.document
    review = Review.objects.filter(draft=draft.id).order_by("-requested_at", "-id").first()
    return DraftPage(
        document, facts_of(document), region_costs(document), dry_run(document), _looked_at(document), review
    )


def facts_of(document: Document) -> SafetyFacts:
    """The card of a document that nobody has published."""
    unpublished = TemplateVersion(template=Template(slug=document.slug), version=document.version, digest="")
    return safety_facts(unpublished, as_installed=document)


def digest_of(draft: TemplateDraft) -> str:
    """What names exactly this content."""
    return digest(draft.content)


def _looked_at(document: Document) -> Analysis | None:
    """As a review does: a check that broke has not passed, so nothing is said at all."""
    try:
        return analysed(subject_of(document))
    except Exception:  # noqa: BLE001 - whatever a check raises; the log has the trace
        _log.exception("draft_analysis_failed", template=document.slug)
        return None
