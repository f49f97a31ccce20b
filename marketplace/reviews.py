"""The course of a review: handed in, looked at by the machine, explained and decided by a person who isn't its author.

Each step is on the record in the transaction that takes it.
"""

import datetime as dt
import uuid
from collections.abc import Iterable

import structlog
from django.db import transaction

from accounts.models import User
from audit.actions import AuditAction
from audit.record import record_for_platform
from kernel import clock
from kernel.errors import NAME_TAKEN, NOT_ALLOWED, NOT_FOUND, REVIEW_BLOCKED, Problem
from kernel.language import said
from marketplace.handing_over import ANALYSE, hand_over
from marketplace.models import Review, ReviewFinding, Template, TemplateDraft, TemplateVersion
from marketplace.prices import price_books
from marketplace.publishing import NotPublishableError, VersionTakenError, current_versions, publish_signed
from marketplace.review.analysis import Analysis, analysed, risk_of
from marketplace.review.findings import Finding, Severity
from marketplace.review.language_model import LanguageModel, configured_model
from marketplace.review.subject import Subject
from marketplace.signing import CannotSignError
from policy import document as documents
from policy.canonical import canonical_bytes, digest
from policy.document import Document
from policy.sentences import Sentence
from tenancy.models import Membership
from tenancy.principals import Principal, system_principal, user_principal
from tenancy.roles import MAY_CREATE_APPS

OPEN = (Review.State.WAITING, Review.State.FAILED, Review.State.ANALYSED)
_FEWEST_LETTERS = 10
_WAITS = dt.timedelta(seconds=60)
_log = structlog.get_logger(__name__)


@transaction.atomic
def ask(draft: TemplateDraft, membership: Membership) -> Review:
    """Hand a draft in as it is now; an earlier review of it that is still open ends. Must run in the tenant's scope.

    Raises Problem NOT_ALLOWED, NAME_TAKEN where the template's address is somebody else's.
    """
    if membership.role not in MAY_CREATE_APPS or draft.workspace_id != membership.workspace_id:
        raise Problem(NOT_ALLOWED)
    slug = draft.content["slug"]
    if Template.objects.filter(slug=slug).exclude(owner_tenant=draft.tenant_id).exists():
        raise Problem(NAME_TAKEN, name=slug)
    Review.objects.filter(draft=draft.id, state__in=OPEN).update(state=Review.State.SUPERSEDED)
    review = Review.objects.create(
        draft=draft.id,
        tenant=draft.tenant_id,
        content=draft.content,
        digest=digest(draft.content),
        requested_by_id=membership.user_id,
    )
    ask_machine(review.id)
    _record(AuditAction.REVIEW_ASKED, review, user_principal(membership.user_id), digest=review.digest)
    return review


def ask_machine(review_id: uuid.UUID) -> None:
    """Have the machine look after the commit."""
    hand_over(ANALYSE, str(review_id))


def left_waiting() -> list[uuid.UUID]:
    """Reviews that wait longer than any worker takes."""
    since = clock.now() - _WAITS
    return list(Review.objects.filter(state=Review.State.WAITING, requested_at__lt=since).values_list("id", flat=True))


def run(review_id: uuid.UUID, model: LanguageModel | None = None) -> Review:
    """Let the machine look. Idempotent: one that was looked at stays as it is; one that failed is tried again.

    Whatever goes wrong in a check fails the analysis as a whole, since a check that broke has not passed.
    """
    review = Review.objects.get(pk=review_id)
    if review.state not in {Review.State.WAITING, Review.State.FAILED}:
        return review
    try:
        subject = subject_of(documents.parse(canonical_bytes(review.content)))
        analysis = analysed(subject)
    except Exception as error:  # noqa: BLE001 - see above; the log has the trace
        _log.exception("review_analysis_failed", review=str(review.id))
        return _failed(review_id, type(error).__name__)
    reader = model or configured_model()
    return _kept(review_id, analysis, reader.findings(subject) if reader else ())


@transaction.atomic
def explain(finding_id: uuid.UUID, person: User, reason: str) -> ReviewFinding:
    """Say why a finding may stand. For reviewers who aren't the author. Raises Problem."""
    finding = ReviewFinding.objects.select_for_update().select_related("review").filter(pk=finding_id).first()
    if finding is None:
        raise Problem(NOT_FOUND)
    review = _locked(finding.review_id)
    _may_decide(review, person, reason)
    finding.explanation, finding.explained_by, finding.explained_at = reason.strip()[:2000], person, clock.now()
    finding.save(update_fields=["explanation", "explained_by", "explained_at"])
    _record(AuditAction.FINDING_EXPLAINED, review, user_principal(person.pk), code=finding.code, reason=reason.strip())
    return finding


@transaction.atomic
def decide(review_id: uuid.UUID, person: User, reason: str, *, approve: bool) -> Review:
    """Approve or decline, for a reason. Raises Problem.

    REVIEW_BLOCKED: by the author, without a reason, twice, or approval while the analysis is missing or failed or a
    high finding has no explanation. NOT_ALLOWED: by anyone who isn't one of the platform's people.
    """
    review = _locked(review_id)
    _may_decide(review, person, reason)
    if approve:
        _is_approvable(review)
    review.state = Review.State.APPROVED if approve else Review.State.DECLINED
    review.decided_by, review.decided_at, review.decision_reason = person, clock.now(), reason.strip()[:2000]
    review.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
    _record(AuditAction.REVIEW_DECIDED, review, user_principal(person.pk), decision=review.state, reason=reason.strip())
    return review


@transaction.atomic
def approve_and_publish(review_id: uuid.UUID, person: User, reason: str) -> TemplateVersion:
    """Approve what was handed in and publish exactly that, or neither. Raises Problem as `decide` does."""
    review = decide(review_id, person, reason, approve=True)
    try:
        return publish_signed(review)
    except (NotPublishableError, VersionTakenError, CannotSignError) as error:
        raise _blocked(review, str(error)) from error


def obstacles(review: Review, person: User) -> tuple[str, ...]:
    """Everything that keeps this person from approving it now, as sentences; nothing where nothing does."""
    if not review.is_open:
        return ()
    why = {
        "You made this template. Another person of the platform team decides.": person.pk == review.requested_by_id,
        "The machine has not looked at it yet.": review.state == Review.State.WAITING,
        "The machine could not look at it. It can be declined, and not approved.": review.state == Review.State.FAILED,
        "A high finding has no explanation.": review.findings.filter(severity=Severity.HIGH, explanation="").exists(),
        "It is not what was handed in.": digest(review.content) != review.digest,
    }
    return tuple(said(words) for words, stands in why.items() if stands)


def _locked(review_id: uuid.UUID) -> Review:
    review = Review.objects.select_for_update().filter(pk=review_id).first()
    if review is None:
        raise Problem(NOT_FOUND)
    return review


def _may_decide(review: Review, person: User, reason: str) -> None:
    if not (person.is_active and person.is_staff):
        raise Problem(NOT_ALLOWED)
    if person.pk == review.requested_by_id:
        raise _blocked(review, "its author can't decide about it. Another person must.")
    if review.state not in OPEN:
        raise _blocked(
            review, said("it is {state} already.").format(state=said(Review.State(review.state).label.lower()))
        )
    if len(reason.strip()) < _FEWEST_LETTERS:
        raise _blocked(review, "give a reason that others will understand.")


def _is_approvable(review: Review) -> None:
    if review.state != Review.State.ANALYSED:
        raise _blocked(review, "the machine has not looked at it, or could not.")
    if digest(review.content) != review.digest:
        raise _blocked(review, "it is not what was handed in.")
    unexplained = review.findings.filter(severity=Severity.HIGH, explanation="").count()
    if unexplained:
        one, several = "1 high finding has no explanation.", "{count:count} high findings have no explanation."
        raise _blocked(review, str(Sentence(one if unexplained == 1 else several, {"count": unexplained})))


def _blocked(review: Review, why: str) -> Problem:
    return Problem(REVIEW_BLOCKED, name=review.content["name"], why=why)


def subject_of(document: Document) -> Subject:
    """The document as the checks look at it, beside what is published and at today's prices."""
    published = {version.template.slug: version.document.name for version in current_versions()}
    return Subject(document, published, price_books())


@transaction.atomic
def _failed(review_id: uuid.UUID, why: str) -> Review:
    review = _locked(review_id)
    if review.state in {Review.State.WAITING, Review.State.FAILED}:
        review.state, review.failure = Review.State.FAILED, why
        review.save(update_fields=["state", "failure"])
        _record(AuditAction.REVIEW_ANALYSED, review, system_principal("marketplace"), failure=why)
    return review


@transaction.atomic
def _kept(review_id: uuid.UUID, analysis: Analysis, told: Iterable[Finding]) -> Review:
    """The analysis, with what a language model told beside it: it can only make the risk larger."""
    review, told = _locked(review_id), tuple(told)
    if review.state not in {Review.State.WAITING, Review.State.FAILED}:
        return review
    sources = ReviewFinding.Source
    rows = [*(_row(review, sources.CHECK, one) for one in analysis.findings)]
    rows += [_row(review, sources.MODEL, one) for one in told]
    ReviewFinding.objects.bulk_create(rows)
    risk = risk_of((*analysis.findings, *told))
    review.state, review.failure, review.analysed_at = Review.State.ANALYSED, "", clock.now()
    review.risk_score, review.risk_words = risk.score, [line.kept() for line in risk.how]
    review.checklist = [
        {"item": line.item, "in_order": line.in_order, "words": [one.kept() for one in line.sentences]}
        for line in analysis.checklist
    ]
    review.save(update_fields=["state", "failure", "analysed_at", "risk_score", "risk_words", "checklist"])
    _record(AuditAction.REVIEW_ANALYSED, review, system_principal("marketplace"), risk=risk.score, findings=len(rows))
    return review


def _row(review: Review, source: ReviewFinding.Source, finding: Finding) -> ReviewFinding:
    return ReviewFinding(
        review=review,
        source=source,
        severity=finding.severity,
        code=finding.code,
        pointer=finding.pointer[:300],
        evidence=finding.evidence[:500],
        words=finding.words[:1000],
        facts=dict(finding.facts),
        fix=[dict(change) for change in finding.fix],
    )


def _record(action: AuditAction, review: Review, actor: Principal, **detail: object) -> None:
    record_for_platform(
        action, actor=actor, subject=f"review:{review.id}", template=review.content["slug"],
        version=review.content["version"], **detail,
    )  # fmt: skip
