"""Telling an app's owner and its maker, a week ahead, which files their age will delete. Nothing is changed here."""

import datetime as dt
import uuid
from collections.abc import Iterator

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncDate

from kernel import clock
from notices import telling
from storage.models import LegalHold, StoredFile
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope

AHEAD = dt.timedelta(days=7)


def warn_of_deletions(tenant_id: uuid.UUID, now: dt.datetime | None = None) -> int:
    """Tell of each app's days on which files go; how many were told of. Each day is told once, so rounds may repeat.

    Files under a legal hold stay, and what is in the trash was thrown away by somebody: neither is told of.
    """
    moment = now or clock.now()
    with tenant_scope(tenant_id):
        days = list(_days(moment))
        apps = MicroApp.objects.select_related("workspace").in_bulk({app_id for app_id, _, _ in days})
        return sum(_tell(apps[app_id], day, count) for app_id, day, count in days)


def _days(moment: dt.datetime) -> Iterator[tuple[uuid.UUID, dt.date, int]]:
    """App, day, number of files."""
    holds = LegalHold.objects.filter(Q(file_id=OuterRef("pk")) | Q(file_id=None), app=OuterRef("app"), lifted_at=None)
    going = StoredFile.objects.filter(
        ~Exists(holds), delete_at__gt=moment, delete_at__lte=moment + AHEAD, trashed_at=None
    )
    counted = going.annotate(day=TruncDate("delete_at")).values("app_id", "day").annotate(files=Count("pk"))
    for row in counted.order_by("app_id", "day"):
        yield row["app_id"], row["day"], row["files"]


def _tell(app: MicroApp, day: dt.date, count: int) -> bool:
    return telling.files_deleted_soon(app, day, count=count) is not None
