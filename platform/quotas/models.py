"""Quotas of workspaces and apps, and the reservations that uploads hold against them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from kernel import clock
from kernel.sizes import in_words
from tenancy.models import MicroApp, TenantModel, Workspace
from tenancy.principals import PrincipalKind


class Quota(TenantModel):
    """A limit, with what is used and what uploads in flight hold: of a workspace, or of one app in it.

    Without a workspace it is the whole organisation's, or one person's in it (by their principal); there are such only
    where somebody set them (`ceilings`). Sizes in bytes. An owner may set a limit below what is used: nothing is lost
    then, new uploads are refused. `requests_used` are those of `requests_month` (`2026-11`), to the last minute.
    """

    workspace = models.ForeignKey(
        Workspace, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    app = models.OneToOneField(
        MicroApp, on_delete=models.PROTECT, related_name="quota", null=True, blank=True, editable=False
    )
    person = models.CharField(max_length=160, blank=True, default="", db_default="", editable=False)
    bytes_limit = models.BigIntegerField("space in bytes")
    objects_limit = models.BigIntegerField("number of files")
    bytes_used = models.BigIntegerField(default=0, editable=False)
    objects_used = models.BigIntegerField(default=0, editable=False)
    bytes_held = models.BigIntegerField(default=0, editable=False)
    objects_held = models.BigIntegerField(default=0, editable=False)
    requests_limit = models.BigIntegerField("requests a month", null=True, blank=True)
    requests_month = models.CharField(max_length=7, blank=True, default="", db_default="", editable=False)
    requests_used = models.BigIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("workspace", condition=Q(app=None), name="quota_once_a_workspace"),
            models.UniqueConstraint(
                "tenant", "person", condition=Q(workspace=None), name="quota_once_an_organisation_or_person"
            ),
            models.CheckConstraint(
                condition=Q(workspace=None, app=None) | Q(workspace__isnull=False, person=""),
                name="quota_is_of_one",
            ),
            models.CheckConstraint(
                condition=Q(bytes_limit__gte=0, objects_limit__gte=0), name="quota_limits_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(bytes_used__gte=0, objects_used__gte=0, bytes_held__gte=0, objects_held__gte=0),
                name="quota_counts_not_negative",
            ),
            models.CheckConstraint(
                condition=(Q(requests_limit=None) | Q(requests_limit__gte=0)) & Q(requests_used__gte=0),
                name="quota_requests_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.of}: {in_words(self.bytes_limit)}"

    @property
    def of(self) -> str:
        """Whose it is, by name; a person who has an account by its address."""
        return str(self.app or self.workspace or self._person or self.tenant)

    @property
    def _person(self) -> str:
        kind, _, name = self.person.partition(":")
        user = User.objects.filter(pk=name).first() if kind == PrincipalKind.USER else None
        return user.email if user else self.person

    def has_room(self, size: int) -> bool:
        """Whether `size` bytes and one file fit beside what is used and held."""
        return (
            self.bytes_limit >= self.bytes_used + self.bytes_held + size
            and self.objects_limit > self.objects_used + self.objects_held
        )

    def requests_in(self, month: str) -> int:
        """How many requests were made in the month, as `2026-11`."""
        return self.requests_used if self.requests_month == month else 0

    @property
    def percent(self) -> int:
        """How full it is, rounded down, uploads in flight included."""
        return (self.bytes_used + self.bytes_held) * 100 // self.bytes_limit if self.bytes_limit else 100


class Reservation(TenantModel):
    """Space held for one upload, then used by the file that came of it.

    `held_by` is the principal who asked; what was held before persons had quotas counts for nobody.
    """

    class State(models.TextChoices):
        """Held while the upload runs, settled when it arrived, released when nothing is left of it."""

        HELD = "held"
        SETTLED = "settled"
        RELEASED = "released"

    app = models.ForeignKey(MicroApp, on_delete=models.PROTECT, related_name="+")
    held_by = models.CharField(max_length=160, blank=True, default="", db_default="")
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
        indexes: ClassVar = [
            # Who sets a person's quota, and reconcile, add up what the person holds and uses.
            models.Index(fields=["tenant", "held_by"], condition=~Q(state="released"), name="reservation_of_person"),
        ]

    def __str__(self) -> str:
        return f"{in_words(self.size)} {self.state}"
