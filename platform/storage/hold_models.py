"""LegalHold: what people want kept. HeldObject: what storage keeps of it, or may keep.

A hold stands from the moment when its row does. Objects follow, each with a row that is written before storage is
asked and goes after storage has let go, so nothing is ever held there that nobody would release.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kernel import clock
from tenancy.models import MicroApp, TenantModel


class Binding(models.TextChoices):
    """Whom a standing hold binds, as storage showed it."""

    PENDING = "pending", "being bound in storage"
    BOUND = "bound", "bound in storage"
    ALONE = "alone", "binds Gatehouse only"


class LegalHold(TenantModel):
    """While it stands nothing deletes what it covers: one file, or everything of an app."""

    app = models.ForeignKey(MicroApp, on_delete=models.PROTECT, related_name="+")
    file_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=300)
    placed_by = models.CharField(max_length=160)
    placed_at = models.DateTimeField(default=clock.now)
    lifted_by = models.CharField(max_length=160, blank=True)
    lifted_at = models.DateTimeField(null=True)
    binding = models.CharField(
        max_length=7, choices=Binding.choices, default=Binding.PENDING, db_default=Binding.PENDING
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by="") | (Q(lifted_at__isnull=False) & ~Q(lifted_by="")),
                name="legal_hold_lifted_by_somebody",
            ),
            models.CheckConstraint(condition=Q(binding__in=Binding.values), name="legal_hold_binding_is_known"),
        ]
        indexes: ClassVar = [
            # Every deletion asks for those that stand, a small part of all that ever were.
            models.Index(fields=["tenant", "app"], name="legal_hold_standing", condition=Q(lifted_at=None)),
        ]

    def __str__(self) -> str:
        return self.reason


class HeldObject(TenantModel):
    """One file's object that storage holds while `bound_at` is set, else may hold. It may outlive the file's row.

    Who works on it says until when; a worker that was killed is followed by another after that.
    """

    app = models.ForeignKey(MicroApp, on_delete=models.PROTECT, related_name="+")
    file_id = models.UUIDField()
    bound_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            # Every deletion asks for it: what storage would keep is left alone.
            models.UniqueConstraint(fields=["tenant", "file_id"], name="held_object_once"),
        ]
        indexes: ClassVar = [
            # The workers read what is to be held or let go, a small part of what is held for years.
            models.Index(fields=["tenant", "id"], name="held_object_to_do", condition=Q(bound_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} ({'held' if self.bound_at else 'being held'})"
