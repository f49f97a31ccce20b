"""What leads to an app and what happens to it later: Setup, VersionChange, AppRequest. All are a tenant's own."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kernel import clock
from kernel.errors import CATALOGUE
from tenancy.models import MicroApp, TenantModel, UUIDField, Workspace

JSON = models.JSONField


class Setup(TenantModel):
    """An app that is being made, step by step; until the step that makes it, nothing of it is there.

    `key` comes with the form, so the same form sent twice leads to the same setup.
    """

    class State(models.TextChoices):
        """How far it is."""

        RUNNING = "running", "Being set up"
        FAILED = "failed", "Stopped"
        DONE = "done", "Ready"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey("marketplace.TemplateVersion", on_delete=models.PROTECT, related_name="+")
    slug = models.CharField(max_length=80, unique=True)
    key = UUIDField()
    choices = JSON()
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    steps_done = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True)
    problem_facts = JSON(default=dict, db_default={}, editable=False)
    app = models.OneToOneField(MicroApp, on_delete=models.SET_NULL, null=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("created_by", "key", name="setup_once_a_form"),
            models.CheckConstraint(condition=Q(state__in=["running", "failed", "done"]), name="setup_state_is_known"),
            models.CheckConstraint(condition=~Q(state="failed") | ~Q(problem=""), name="setup_failed_for_a_reason"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(finished_at__isnull=False), name="setup_done_at_a_moment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.choices['name']}: {self.get_state_display()}"

    @property
    def problem_words(self) -> str:
        """Why it stopped, in the reader's language; what stopped before facts were kept has its own words."""
        problem = CATALOGUE.get(self.problem)
        return problem.words_for(self.problem_facts) if problem else self.problem


class VersionChange(TenantModel):
    """An app went from one version of its template to another; the newest can be taken back, an emergency never."""

    class Kind(models.TextChoices):
        """Who moved it, and which way."""

        UPGRADE = "upgrade", "Updated"
        ROLLBACK = "rollback", "Taken back"
        EMERGENCY = "emergency", "Updated by the platform team, for safety"

    app = models.ForeignKey(MicroApp, on_delete=models.PROTECT, related_name="+")
    before = models.ForeignKey("marketplace.TemplateVersion", on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey("marketplace.TemplateVersion", on_delete=models.PROTECT, related_name="+")
    permissions_before = JSON(default=list)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.CharField(max_length=300, blank=True)
    made_by = models.CharField(max_length=160)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["upgrade", "rollback", "emergency"]), name="version_change_kind_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind="emergency") | ~Q(reason=""), name="version_change_in_emergency_for_a_reason"
            ),
        ]
        indexes: ClassVar = [
            # The app's page asks for the newest.
            models.Index(fields=["tenant", "app", "-id"], name="version_change_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.app}: {self.before} → {self.after}"


class AppRequest(TenantModel):
    """Somebody who builds asks for what an owner decides. One waits for each thing; each is decided once.

    `wanted` and `before` are bytes, files, days (0 is for ever) or the name of a permission.
    """

    class Kind(models.TextChoices):
        """What can be asked for."""

        SPACE = "space", "More space"
        FILES = "files", "More files"
        KEPT_DAYS = "kept_days", "How long files stay"
        PERMISSION = "permission", "Another permission"

    class State(models.TextChoices):
        """Whether somebody decided."""

        WAITING = "waiting", "Waiting for an owner"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Taken back"

    app = models.ForeignKey(MicroApp, on_delete=models.PROTECT, related_name="+", editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices, editable=False)
    wanted = JSON(editable=False)
    before = JSON(editable=False, null=True)
    reason = models.CharField(max_length=500, blank=True, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, editable=False
    )
    decided_at = models.DateTimeField(null=True, editable=False)
    answer = models.CharField(max_length=500, blank=True, editable=False)

    class Meta:
        verbose_name = "request"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["app", "kind"], condition=Q(state="waiting"), name="request_waits_once_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["space", "files", "kept_days", "permission"]), name="request_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | Q(
                    state__in=["approved", "declined", "withdrawn"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="request_decided_by_someone",
            ),
        ]
        indexes: ClassVar = [
            # An app's page lists its newest.
            models.Index(fields=["tenant", "app", "-id"], name="request_newest_of_app"),
        ]

    def __str__(self) -> str:
        return _("%(what)s for %(app)s") % {"what": self.get_kind_display(), "app": self.app}

    @classmethod
    def waiting(cls, app: MicroApp) -> "QuerySet[AppRequest]":
        """Those of an app that nobody decided yet."""
        rows: QuerySet[AppRequest] = cls.objects.filter(app=app, state=cls.State.WAITING)
        return rows
