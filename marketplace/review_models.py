"""A look at a draft, and what it found: Review › ReviewFinding. Both are the platform's."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kernel import clock
from kernel.identifiers import new_id
from policy.sentences import Sentence
from tenancy.models import UUIDField

JSON = models.JSONField


class Review(models.Model):
    """One look at one draft, as it was when it was handed in.

    Reviewers see those of every tenant. Draft and tenant stand here as ids alone: a review outlives both.
    """

    class State(models.TextChoices):
        """How far it is. Only an analysed one can be approved."""

        WAITING = "waiting", "Waiting for the machine"
        FAILED = "failed", "The machine could not look at it"
        ANALYSED = "analysed", "Waiting for a person"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"
        SUPERSEDED = "superseded", "Handed in anew"

    id = UUIDField(primary_key=True, default=new_id, editable=False)
    draft = UUIDField(editable=False)
    tenant = UUIDField(db_index=True, editable=False)
    content = JSON(editable=False)
    digest = models.CharField(max_length=71, editable=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    requested_at = models.DateTimeField(default=clock.now, editable=False)
    analysed_at = models.DateTimeField(null=True)
    risk_score = models.PositiveSmallIntegerField(null=True)
    risk_words = JSON(default=list)
    checklist = JSON(default=list)
    failure = models.CharField(max_length=300, default="")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=2000, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "failed", "analysed", "approved", "declined", "superseded"]),
                name="review_state_is_known",
            ),
            models.CheckConstraint(condition=Q(digest__startswith="sha256:"), name="review_has_digest"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("requested_by")), name="review_is_not_ones_own"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "declined"])
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decision_reason="")),
                name="review_is_decided_by_someone_for_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["analysed", "approved"])
                | Q(analysed_at__isnull=False, risk_score__isnull=False),
                name="review_is_approved_after_analysis",
            ),
            models.UniqueConstraint(
                fields=["draft"],
                condition=Q(state__in=["waiting", "failed", "analysed"]),
                name="review_is_open_once_a_draft",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.content['name']} {self.content['version']}"

    @property
    def is_open(self) -> bool:
        """Whether nobody decided, and nothing came in its place."""
        return self.state in {self.State.WAITING, self.State.FAILED, self.State.ANALYSED}


class ReviewFinding(models.Model):
    """One finding of a review, and what a person said of it. A model's words are marked as such for ever."""

    class Source(models.TextChoices):
        """Who found it."""

        CHECK = "check", "A check"
        MODEL = "model", "A language model"

    id = UUIDField(primary_key=True, default=new_id, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="findings", editable=False)
    source = models.CharField(max_length=8, choices=Source.choices, editable=False)
    severity = models.CharField(max_length=8, editable=False)
    code = models.CharField(max_length=60, editable=False)
    pointer = models.CharField(max_length=300, editable=False)
    evidence = models.CharField(max_length=500, editable=False)
    words = models.CharField(max_length=1000, editable=False)
    facts = JSON(default=dict, db_default={}, editable=False)
    fix = JSON(default=list, editable=False)
    explanation = models.CharField(max_length=2000, default="")
    explained_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    explained_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(severity__in=["info", "low", "medium", "high"]), name="finding_severity_is_known"
            ),
            models.CheckConstraint(condition=Q(source="check") | Q(fix=[]), name="finding_of_a_model_has_no_fix"),
            models.CheckConstraint(
                condition=Q(explanation="") | Q(explained_by__isnull=False, explained_at__isnull=False),
                name="finding_is_explained_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.severity}: {self.code}"

    @property
    def sentence(self) -> Sentence:
        """What a person reads; findings from before facts were kept stand as they were written."""
        return Sentence(self.words, self.facts)
