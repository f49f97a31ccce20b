"""What each engine said of each upload. The bytes that it saw are pinned by the upload's ETag."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kernel import clock
from storage.models import Upload
from tenancy.models import TenantModel


class ScanVerdict(TenantModel):
    """One engine's latest verdict on one upload, with the version of its rules, so that it can be asked again."""

    class Outcome(models.TextChoices):
        """What the engine said."""

        CLEAN = "clean"
        REJECTED = "rejected"

    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="+")
    engine = models.CharField(max_length=40)
    engine_version = models.CharField(max_length=200)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    detail = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upload", "engine"], name="verdict_once_an_engine"),
            models.CheckConstraint(condition=Q(outcome__in=["clean", "rejected"]), name="verdict_outcome_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.engine}: {self.outcome}"
