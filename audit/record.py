"""Writing to the record: inside the transaction of the thing it records, so neither exists without the other."""

import uuid
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db import transaction

from audit.actions import AuditAction
from audit.models import AuditEvent, PlatformEvent
from telemetry.context import current_request_id
from telemetry.metrics import EVENTS
from tenancy.principals import Principal
from tenancy.scoping import current_tenant


def record(
    action: AuditAction,
    *,
    actor: Principal | str,
    subject: str,
    app_id: uuid.UUID | None = None,
    **detail: Any,
) -> AuditEvent:
    """Append one event to the record of the tenant whose scope is entered.

    A failure raises and takes the recorded thing down with it: what can't be audited doesn't happen.
    """
    event: AuditEvent = AuditEvent.objects.create(
        tenant_id=current_tenant(),
        action=action,
        actor=str(actor),
        app_id=app_id,
        subject=subject,
        request_id=current_request_id(),
        detail=detail,
    )
    transaction.on_commit(EVENTS.labels(str(action)).inc)
    return event


def record_each(
    action: AuditAction,
    *,
    actor: Principal | str,
    app_id: uuid.UUID,
    subjects: Sequence[tuple[str, Mapping[str, Any]]],
) -> None:
    """Append one event for each subject with its details, all in one statement; all or none, as `record` does it."""
    tenant, request = current_tenant(), current_request_id()
    AuditEvent.objects.bulk_create(
        AuditEvent(
            tenant_id=tenant, action=action, actor=str(actor), app_id=app_id, subject=subject, request_id=request,
            detail=dict(detail),
        )
        for subject, detail in subjects
    )  # fmt: skip
    transaction.on_commit(partial(EVENTS.labels(str(action)).inc, len(subjects)))


def record_for_platform(action: AuditAction, *, actor: Principal | str, subject: str, **detail: Any) -> PlatformEvent:
    """Append one event that concerns every tenant. Must run in the transaction of what it records."""
    transaction.on_commit(EVENTS.labels(str(action)).inc)
    return PlatformEvent.objects.create(
        action=action, actor=str(actor), subject=subject, request_id=current_request_id(), detail=detail
    )
