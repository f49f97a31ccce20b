"""Quotas of workspaces and apps, and the reservations that uploads hold against them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kernel import clock
from kernel.sizes import in_words
from tenancy.models import MicroApp, TenantModel, Workspace


class Quota(TenantModel):
    """The limit of one workspace, or of one app in it, with what is used and what uploads in flight hold.

    Sizes in bytes. An owner may set a limit below what is used: nothing is lost then, new uploads are refused.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+", editable=False)
    app = models.OneToOneField(
        MicroApp, on_delete=models.PROTECT, related_name="quota", null=True, blank=True, editable=False
    )
    bytes_limit = models.BigIntegerField("space in bytes")
    objects_limit = models.BigIntegerField("number of files")
    bytes_used = models.BigIntegerField(default=0, editable=False)
    objects_used = models.BigIntegerField(default=0, editable=False)
    bytes_held = models.BigIntegerField(default=0, editable=False)
    objects_held = models.BigIntegerField(default=0, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("workspace", condition=Q(app=None), name="quota_once_a_workspace"),
            models.CheckConstraint(
                condition=Q(bytes_limit__gte=0, objects_limit__gte=0), name="quota_limits_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(bytes_used__gte=0, objects_used__gte=0, bytes_held__gte=0, objects_held__gte=0),
                name="quota_counts_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.app or self.workspace}: {in_words(self.bytes_limit)}"

    @property
    def percent(self) -> int:
        """How full it is, rounded down, uploads in flight included."""
        return (self.bytes_used + self.bytes_held) * 100 // self.bytes_limit if self.bytes_limit else 100


class Reservation(TenantModel):
    """Space held for one upload, then used by the file that came of it."""

    class State(models.TextChoices):
        """Held while the upload runs, settled when it arrived, released when nothing is left of it."""

        HELD = "held"
        SETTLED = "settled"
        RELEASED = "released"

    app = models.ForeignKey(MicroApp, on_delete=models.PROTECT, related_name="+")
    size = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.HELD)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(size__gt=0), name="reservation_size_positive"),
            models.CheckConstraint(
                condition=Q(state__in=["held", "settled", "released"]), name="reservation_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{in_words(self.size)} {self.state}"
