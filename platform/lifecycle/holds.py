"""Legal holds: while one stands, nothing deletes what it covers."""

import uuid
from dataclasses import dataclass

from django.db.models import Q

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.errors import NOT_FOUND, Problem
from storage.models import LegalHold, StoredFile
from tenancy.models import MicroApp
from tenancy.principals import Principal


@dataclass(frozen=True, slots=True)
class Standing:
    """The holds that stand on an app: on everything, or on some files."""

    on_app: bool
    files: frozenset[uuid.UUID]

    def covers(self) -> Q:
        """The condition that picks the covered files of this app."""
        return Q(pk__isnull=False) if self.on_app else Q(pk__in=self.files)

    def holds(self, file_id: uuid.UUID) -> bool:
        """Whether one file is covered."""
        return self.on_app or file_id in self.files


def standing(app: MicroApp) -> Standing:
    """The holds on an app. Must run in the tenant's scope."""
    covered = set(LegalHold.objects.filter(app=app, lifted_at=None).values_list("file_id", flat=True))
    return Standing(None in covered, frozenset(file_id for file_id in covered if file_id is not None))


def place(app: MicroApp, file_id: uuid.UUID | None, *, reason: str, actor: Principal | str) -> LegalHold:
    """Hold one file, or with None everything of the app. Raises Problem NOT_FOUND for a file that isn't the app's."""
    if file_id is not None and not StoredFile.objects.select_for_update().filter(app=app, pk=file_id).exists():
        raise Problem(NOT_FOUND)
    hold: LegalHold = LegalHold.objects.create(
        tenant_id=app.tenant_id, app=app, file_id=file_id, reason=reason, placed_by=str(actor)
    )
    subject = f"file:{file_id}" if file_id else f"app:{app.id}"
    record(AuditAction.HOLD_PLACED, actor=actor, app_id=app.id, subject=subject, hold=str(hold.id), reason=reason)
    return hold


def lift(app: MicroApp, hold_id: uuid.UUID, *, reason: str, actor: Principal | str) -> None:
    """End a hold; it stays in the list with who lifted it. Raises Problem NOT_FOUND for one that doesn't stand."""
    lifted = LegalHold.objects.filter(app=app, pk=hold_id, lifted_at=None).update(
        lifted_at=clock.now(), lifted_by=str(actor)
    )
    if not lifted:
        raise Problem(NOT_FOUND)
    record(
        AuditAction.HOLD_LIFTED, actor=actor, app_id=app.id, subject=f"app:{app.id}", hold=str(hold_id), reason=reason
    )
