"""Holding, settling and releasing space, exactly, under any concurrency.

Whoever changes a count locks the rows of all quotas that it touches first, in one order: the organisation's, the
person's, the workspace's, the app's. So two uploads can't wait for each other in a circle; and where an organisation
has a quota, its row stands before all others of it.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from django.db import transaction
from django.db.models import F, Q, QuerySet

from kernel.errors import (
    QUOTA_APP_EXCEEDED,
    QUOTA_TENANT_EXCEEDED,
    QUOTA_USER_EXCEEDED,
    QUOTA_WORKSPACE_EXCEEDED,
    Problem,
)
from kernel.sizes import in_words
from quotas.models import Quota, Reservation
from telemetry.metrics import HOLDS
from tenancy.models import MicroApp
from tenancy.principals import Principal

LOCKED_IN_ORDER = (F("workspace_id").asc(nulls_first=True), "person", F("app_id").asc(nulls_first=True))
"""The order in which everybody locks rows of quotas."""


def reserve(app: MicroApp, size: int, held_by: Principal | str = "") -> Reservation:
    """Hold `size` bytes and one file for an upload. Must run in a transaction.

    Raises Problem QUOTA_TENANT_EXCEEDED, QUOTA_USER_EXCEEDED, QUOTA_WORKSPACE_EXCEEDED or QUOTA_APP_EXCEEDED; nothing
    is held then.
    """
    _refuse_where_full(list(_locked(app, str(held_by))), size)
    reservation: Reservation = Reservation.objects.create(
        tenant_id=app.tenant_id, app=app, held_by=str(held_by), size=size
    )
    _count(reservation, bytes_held=size, objects_held=1)
    _measure(Reservation.State.HELD)
    return reservation


def require_room(app: MicroApp, size: int, held_by: Principal | str = "") -> None:
    """Raises the Problem that `reserve` would raise now."""
    _refuse_where_full(list(quotas_of(app, str(held_by))), size)


def room_for(app: MicroApp, held_by: Principal | str) -> int:
    """The most bytes that one more upload could hold now; 0 or less where it could hold none."""
    return min(quota.bytes_limit - quota.bytes_used - quota.bytes_held for quota in quotas_of(app, str(held_by)))


def settle(reservation: Reservation, actual_size: int) -> None:
    """Turn a hold into use of the actual size, in bytes, never more than was held. Idempotent."""
    if actual_size > reservation.size:
        raise ValueError("More bytes arrived than were held.")
    held = reservation.size
    if not _change_state(reservation, {Reservation.State.HELD}, Reservation.State.SETTLED, size=actual_size):
        return
    _count(reservation, bytes_held=-held, objects_held=-1, bytes_used=actual_size, objects_used=1)
    _measure(Reservation.State.SETTLED)


def settle_each(settled: Sequence[tuple[Reservation, int]]) -> None:
    """As `settle`, many of one app, in as many statements as one and one more for each person with a quota."""
    sizes = {reservation.pk: actual for reservation, actual in settled}
    held = Reservation.objects.filter(pk__in=sizes, state=Reservation.State.HELD).select_related("app")
    mine = list(held.order_by("pk").select_for_update(of=("self",)))
    if any(sizes[each.pk] > each.size for each in mine):
        raise ValueError("More bytes arrived than were held.")
    changes: dict[str, list[tuple[int, int]]] = {}
    for each in mine:
        changes.setdefault(each.held_by, []).append((each.size, sizes[each.pk]))
        each.size, each.state = sizes[each.pk], Reservation.State.SETTLED
    if mine:
        Reservation.objects.bulk_update(mine, ["size", "state"])
        _count_settled(mine[0].app, changes)
    transaction.on_commit(partial(HOLDS.labels(Reservation.State.SETTLED.value).inc, len(mine)))


def _count_settled(app: MicroApp, changes: Mapping[str, list[tuple[int, int]]]) -> None:
    """The bytes that were held and those that arrived, by who held them; the common quotas take all together."""
    all_of_them = [pair for pairs in changes.values() for pair in pairs]
    for quota in list(_locked(app, *changes)):
        pairs = changes.get(quota.person, []) if quota.person else all_of_them
        Quota.objects.filter(pk=quota.pk).update(
            bytes_held=F("bytes_held") - sum(held for held, _actual in pairs),
            objects_held=F("objects_held") - len(pairs),
            bytes_used=F("bytes_used") + sum(actual for _held, actual in pairs),
            objects_used=F("objects_used") + len(pairs),
        )


def shrink(reservation: Reservation, size: int) -> None:
    """Use only `size` bytes from now on of what was settled; never more than that. Idempotent."""
    used = Reservation.objects.filter(pk=reservation.pk, state=Reservation.State.SETTLED, size__gt=size)
    before = used.select_for_update().values_list("size", flat=True).first()
    if before is None:
        return
    used.update(size=size)
    reservation.refresh_from_db()
    _count(reservation, bytes_used=size - before)


def release(reservation: Reservation) -> None:
    """Give back what an upload held, or what its file used. Idempotent."""
    if _change_state(reservation, {Reservation.State.HELD}, Reservation.State.RELEASED):
        _count(reservation, bytes_held=-reservation.size, objects_held=-1)
        _measure(Reservation.State.RELEASED)
    elif _change_state(reservation, {Reservation.State.SETTLED}, Reservation.State.RELEASED):
        _count(reservation, bytes_used=-reservation.size, objects_used=-1)
        _measure(Reservation.State.RELEASED)


def quotas_of(app: MicroApp, *held_by: str) -> "QuerySet[Quota]":
    """All quotas that what the persons keep in the app counts for, in the order in which they are locked."""
    own = Q(workspace_id=app.workspace_id, app=None) | Q(app=app)
    above = Q(tenant_id=app.tenant_id, workspace=None, person__in={"", *held_by})
    rows: QuerySet[Quota] = Quota.objects.filter(own | above).order_by(*LOCKED_IN_ORDER)
    return rows


def _locked(app: MicroApp, *held_by: str) -> "QuerySet[Quota]":
    return quotas_of(app, *held_by).select_for_update(of=("self",))


def _refuse_where_full(quotas: list[Quota], size: int) -> None:
    for quota in quotas:
        if not quota.has_room(size):
            raise _exceeded(quota)


def _change_state(
    reservation: Reservation, before: set[Reservation.State], after: Reservation.State, **fields: int
) -> bool:
    changed = Reservation.objects.filter(pk=reservation.pk, state__in=before).update(state=after, **fields)
    if changed:
        reservation.refresh_from_db()
    return bool(changed)


def _count(reservation: Reservation, **changes: int) -> None:
    locked = list(_locked(reservation.app, reservation.held_by).values_list("pk", flat=True))
    Quota.objects.filter(pk__in=locked).update(**{name: F(name) + change for name, change in changes.items()})


def _measure(step: Reservation.State) -> None:
    transaction.on_commit(HOLDS.labels(step.value).inc)


def _exceeded(quota: Quota) -> Problem:
    limit = _limit_words(quota)
    if quota.app is not None:
        return Problem(QUOTA_APP_EXCEEDED, app=quota.app.name, limit=limit)
    if quota.workspace is not None:
        return Problem(QUOTA_WORKSPACE_EXCEEDED, workspace=quota.workspace.name, limit=limit)
    if quota.person:
        return Problem(QUOTA_USER_EXCEEDED, limit=limit)
    return Problem(QUOTA_TENANT_EXCEEDED, tenant=quota.tenant.name, limit=limit)


def _limit_words(quota: Quota) -> str:
    if quota.bytes_limit <= quota.bytes_used + quota.bytes_held or quota.objects_limit > quota.objects_used:
        return in_words(quota.bytes_limit)
    return f"{quota.objects_limit:,} files"
