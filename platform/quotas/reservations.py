"""Holding, settling and releasing space, exactly, under any concurrency.

Each step is one conditional UPDATE a quota row. The workspace's row is always taken before the app's, so two uploads
can't wait for each other in a circle.
"""

from django.db.models import F, Q

from kernel.errors import QUOTA_APP_EXCEEDED, QUOTA_WORKSPACE_EXCEEDED, Problem
from kernel.sizes import in_words
from quotas.models import Quota, Reservation
from tenancy.models import MicroApp


def reserve(app: MicroApp, size: int) -> Reservation:
    """Hold `size` bytes and one file for an upload. Must run in a transaction.

    Raises Problem QUOTA_WORKSPACE_EXCEEDED or QUOTA_APP_EXCEEDED; the caller's transaction must then be rolled back.
    """
    if not _hold(Q(workspace_id=app.workspace_id, app=None), size):
        raise _exceeded_by_workspace(app)
    if not _hold(Q(app=app), size):
        raise _exceeded_by_app(app)
    reservation: Reservation = Reservation.objects.create(tenant_id=app.tenant_id, app=app, size=size)
    return reservation


def require_room(app: MicroApp, size: int) -> None:
    """Raises Problem QUOTA_WORKSPACE_EXCEEDED or QUOTA_APP_EXCEEDED where `size` bytes and one file don't fit now."""
    if not Quota.objects.filter(_has_room(size), workspace_id=app.workspace_id, app=None).exists():
        raise _exceeded_by_workspace(app)
    if not Quota.objects.filter(_has_room(size), app=app).exists():
        raise _exceeded_by_app(app)


def settle(reservation: Reservation, actual_size: int) -> None:
    """Turn a hold into use of the actual size, in bytes, never more than was held. Idempotent."""
    if actual_size > reservation.size:
        raise ValueError("More bytes arrived than were held.")
    held = reservation.size
    if not _change_state(reservation, {Reservation.State.HELD}, Reservation.State.SETTLED, size=actual_size):
        return
    _for_each_quota(
        reservation.app, bytes_held=-held, objects_held=-1, bytes_used=actual_size, objects_used=1
    )  # fmt: skip


def shrink(reservation: Reservation, size: int) -> None:
    """Use only `size` bytes from now on of what was settled; never more than that. Idempotent."""
    used = Reservation.objects.filter(pk=reservation.pk, state=Reservation.State.SETTLED, size__gt=size)
    before = used.select_for_update().values_list("size", flat=True).first()
    if before is None:
        return
    used.update(size=size)
    reservation.refresh_from_db()
    _for_each_quota(reservation.app, bytes_used=size - before)


def release(reservation: Reservation) -> None:
    """Give back what an upload held, or what its file used. Idempotent."""
    if _change_state(reservation, {Reservation.State.HELD}, Reservation.State.RELEASED):
        _for_each_quota(reservation.app, bytes_held=-reservation.size, objects_held=-1)
    elif _change_state(reservation, {Reservation.State.SETTLED}, Reservation.State.RELEASED):
        _for_each_quota(reservation.app, bytes_used=-reservation.size, objects_used=-1)


def _hold(which: Q, size: int) -> bool:
    held: int = Quota.objects.filter(which & _has_room(size)).update(
        bytes_held=F("bytes_held") + size, objects_held=F("objects_held") + 1
    )
    return held == 1


def _has_room(size: int) -> Q:
    return Q(bytes_limit__gte=F("bytes_used") + F("bytes_held") + size) & Q(
        objects_limit__gt=F("objects_used") + F("objects_held")
    )


def _change_state(
    reservation: Reservation, before: set[Reservation.State], after: Reservation.State, **fields: int
) -> bool:
    changed = Reservation.objects.filter(pk=reservation.pk, state__in=before).update(state=after, **fields)
    if changed:
        reservation.refresh_from_db()
    return bool(changed)


def _for_each_quota(app: MicroApp, **changes: int) -> None:
    steps = {name: F(name) + change for name, change in changes.items()}
    Quota.objects.filter(workspace_id=app.workspace_id, app=None).update(**steps)
    Quota.objects.filter(app=app).update(**steps)


def _exceeded_by_app(app: MicroApp) -> Problem:
    return Problem(QUOTA_APP_EXCEEDED, app=app.name, limit=_limit_words(Q(app=app)))


def _exceeded_by_workspace(app: MicroApp) -> Problem:
    limit = _limit_words(Q(workspace_id=app.workspace_id, app=None))
    return Problem(QUOTA_WORKSPACE_EXCEEDED, workspace=app.workspace.name, limit=limit)


def _limit_words(which: Q) -> str:
    quota: Quota = Quota.objects.get(which)
    if quota.bytes_limit <= quota.bytes_used + quota.bytes_held or quota.objects_limit > quota.objects_used:
        return in_words(quota.bytes_limit)
    return f"{quota.objects_limit:,} files"
