"""What each engine said of each upload, and what people decided. The bytes are pinned by ETag and fingerprint."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kernel import clock
from notices.models import MAX_URL_CHARACTERS
from storage.models import Upload
from tenancy.models import MicroApp, TenantModel, Workspace


class ScanVerdict(TenantModel):
    """What one engine said of one file, once for each version of its rules, so that it can be asked again.

    A file that came as an upload is told by it; a copy has no upload and is told by its own id.
    """

    class Outcome(models.TextChoices):
        """What the engine said, with its words for people."""

        CLEAN = "clean", "Nothing found"
        REJECTED = "rejected", "Refused"
        HELD = "held", "A person must decide"

    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, null=True, related_name="+")
    copy_id = models.UUIDField(null=True)
    engine = models.CharField(max_length=40)
    engine_version = models.CharField(max_length=200)
    signature_version = models.CharField(max_length=200, blank=True, default="", db_default="")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    code = models.CharField(max_length=40, blank=True, default="", db_default="")
    detail = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["upload", "copy_id", "engine", "engine_version", "signature_version"],
                nulls_distinct=False,
                name="verdict_once_a_version",
            ),
            models.CheckConstraint(
                condition=Q(upload=None, copy_id__isnull=False) | Q(upload__isnull=False, copy_id=None),
                name="verdict_of_one_file",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["clean", "rejected", "held"]), name="verdict_outcome_is_one_of_three"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engine}: {self.outcome}"


class OutsideScanner(TenantModel):
    """A scanner of a workspace's own: its address, and the secret with which both sides sign.

    It is asked where a template names it, or always.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+", editable=False)
    name = models.CharField(max_length=30)
    url = models.CharField("address", max_length=MAX_URL_CHARACTERS)
    sealed_secret = models.BinaryField(editable=False)
    is_asked_always = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    disabled_at = models.DateTimeField("off since", null=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    last_error = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("workspace", "name", name="scanner_name_once_a_workspace"),
            models.UniqueConstraint("workspace", "url", name="scanner_url_once_a_workspace"),
        ]

    def __str__(self) -> str:
        return self.name


class Hold(TenantModel):
    """A file that waits for a person, and what that person decided. `file_id` is the upload's id, or a copy's own.

    An upload is held before it becomes a file; a file is locked when a later check finds something.
    """

    class Decision(models.TextChoices):
        """What the person said."""

        NONE = "", "Not decided"
        RELEASED = "released", "Released"
        REFUSED = "refused", "Refused"

    app = models.ForeignKey(MicroApp, on_delete=models.PROTECT, related_name="+")
    file_id = models.UUIDField()
    is_lock = models.BooleanField(default=False)
    sha256 = models.CharField(max_length=64)
    codes = models.JSONField(default=list)
    held_at = models.DateTimeField(default=clock.now)
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True, default=Decision.NONE)
    decided_by = models.CharField(max_length=160, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file_id"], condition=Q(decision=""), name="hold_open_once_a_file"),
            models.CheckConstraint(
                condition=Q(decision="", decided_by="", decided_at=None, reason="")
                | (
                    Q(decision__in=["released", "refused"], decided_at__isnull=False)
                    & ~Q(decided_by="")
                    & ~Q(reason="")
                ),
                name="hold_decided_by_somebody_for_a_reason",
            ),
        ]
        indexes: ClassVar = [
            # The inbox shows what waits, a small part of all that ever did, and a file's page shows its own.
            models.Index(fields=["tenant", "app", "-id"], name="hold_waiting", condition=Q(decision="")),
            models.Index(fields=["tenant", "file_id"], name="hold_of_file"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}: {self.decision or 'waiting'}"
