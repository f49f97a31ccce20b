"""Legal holds: while one stands, nothing deletes what it covers. Storage follows, see `binding`."""

import uuid
from dataclasses import dataclass
from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from django.db.models import Q
from kombu.exceptions import OperationalError

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.errors import NOT_FOUND, Problem
from storage.models import LegalHold, StoredFile
from tenancy.models import MicroApp
from tenancy.principals import Principal

BIND = "lifecycle.bind_holds_of"
"""The task that brings a tenant's objects under its holds. The scheduler's round finds what was lost."""

_log = structlog.get_logger(__name__)


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
    _wait_for_deletions(app, file_id)
    hold: LegalHold = LegalHold.objects.create(
        tenant_id=app.tenant_id, app=app, file_id=file_id, reason=reason, placed_by=str(actor)
    )
    subject = f"file:{file_id}" if file_id else f"app:{app.id}"
    record(AuditAction.HOLD_PLACED, actor=actor, app_id=app.id, subject=subject, hold=str(hold.id), reason=reason)
    _wake(app.tenant_id)
    return hold


def _wait_for_deletions(app: MicroApp, file_id: uuid.UUID | None) -> None:
    """Lock what deletions lock: one that has begun ends first, one that begins later sees the hold."""
    if file_id is None:
        MicroApp.objects.select_for_update(no_key=True).get(pk=app.pk)
    elif not StoredFile.objects.select_for_update().filter(app=app, pk=file_id).exists():
        raise Problem(NOT_FOUND)


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
    _wake(app.tenant_id)


def _wake(tenant_id: uuid.UUID) -> None:
    transaction.on_commit(partial(_send, tenant_id))


def _send(tenant_id: uuid.UUID) -> None:
    try:
        current_app.send_task(BIND, args=(str(tenant_id),))
    except OperationalError as error:
        _log.warning("queue_out_of_reach", task=BIND, reason=str(error))
