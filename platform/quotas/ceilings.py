"""Quotas above the workspaces': of a whole organisation, and of one person in all its apps.

There are none until somebody sets them, so that uploads into different workspaces wait for no common row. A person's
needs the organisation's beside it: that row is locked before all others, which keeps uploads from waiting in a circle.
"""

from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from audit.actions import AuditAction
from audit.record import record
from quotas.models import Quota, Reservation
from tenancy.principals import Principal
from tenancy.scoping import current_tenant

_PATIENCE = "5s"
_HELD, _SETTLED = Reservation.State.HELD, Reservation.State.SETTLED


class CeilingError(ValueError):
    """It can't be set or lifted like this; the words say why."""


def set_ceiling(
    bytes_limit: int, objects_limit: int, requests_limit: int | None = None, *, actor: Principal, person: str = ""
) -> Quota:
    """Limit the organisation whose scope is entered, or a person (by their principal) in it, on the record.

    Requests are a month's; None doesn't limit them.

    A new one counts what is there already: for that moment, all uploads wait. Raises CeilingError, and OperationalError
    where they don't let go within five seconds.
    """
    if min(bytes_limit, objects_limit, requests_limit or 0) < 0:
        raise CeilingError("A limit is zero or more.")
    limits = {"bytes_limit": bytes_limit, "objects_limit": objects_limit, "requests_limit": requests_limit}
    if not _ceiling(person).update(**limits):
        _stop_counting()
        if person and not _ceiling("").exists():
            raise CeilingError("Set the organisation's own quota first.")
        if not _ceiling(person).update(**limits):
            Quota.objects.create(tenant_id=current_tenant(), person=person, **limits, **_counted(person))
    quota: Quota = _ceiling(person).get()
    _tell(quota, actor, **limits)
    return quota


def lift_ceiling(*, actor: Principal, person: str = "") -> None:
    """Let the organisation, or the person, use what workspaces and apps have. Raises CeilingError."""
    quota = _ceiling(person).first()
    if quota is None:
        raise CeilingError("There is none.")
    if not person and Quota.objects.filter(workspace=None).exclude(person="").exists():
        raise CeilingError("Lift the persons' quotas first.")
    _tell(quota, actor, lifted=True)
    quota.delete()


def _ceiling(person: str) -> "QuerySet[Quota]":
    rows: QuerySet[Quota] = Quota.objects.filter(workspace=None, person=person)
    return rows


def _stop_counting() -> None:
    """Let whoever changes a count finish, and nobody begin, until this transaction ends; reading goes on.

    Without this, a transaction whose snapshot is older would count past the new row. Conflicts with the ROW SHARE lock
    of SELECT FOR UPDATE, which every change takes first (PostgreSQL, Explicit Locking).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_PATIENCE])
        cursor.execute("LOCK TABLE quotas_quota IN EXCLUSIVE MODE")


def _counted(person: str) -> dict[str, int]:
    mine = Q(held_by=person) if person else Q()
    sums = Reservation.objects.filter(mine).aggregate(
        bytes_held=Sum("size", filter=Q(state=_HELD), default=0),
        objects_held=Count("pk", filter=Q(state=_HELD)),
        bytes_used=Sum("size", filter=Q(state=_SETTLED), default=0),
        objects_used=Count("pk", filter=Q(state=_SETTLED)),
    )
    return dict(sums)


def _tell(quota: Quota, actor: Principal, **detail: Any) -> None:
    record(AuditAction.QUOTA_CHANGED, actor=actor, subject=f"quota:{quota.pk}", person=quota.person, **detail)
