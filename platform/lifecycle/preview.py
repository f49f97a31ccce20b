"""What another rule of how long files stay would do to the files that are there. Nothing is changed here."""

import datetime as dt
from dataclasses import dataclass, fields

from django.db.models import Count, F, Q, QuerySet, Sum

from kernel import clock
from lifecycle.holds import Standing, standing
from lifecycle.keeping import age, groups
from policy.lifetimes import Rules
from storage.models import Keeping, StoredFile
from tenancy.models import MicroApp


@dataclass(frozen=True, slots=True)
class Preview:
    """Numbers of files, and their sizes in bytes."""

    files: int = 0
    deleted_now: int = 0
    deleted_now_bytes: int = 0
    sooner: int = 0
    later: int = 0
    on_hold: int = 0
    archived_now: int = 0
    kept_by_label: int = 0
    """Those that the days alone would let go now, and that their label's minimum keeps."""


def preview(
    app: MicroApp, days: int | None, archive_days: int | None = None, now: dt.datetime | None = None
) -> Preview:
    """What deleting and archiving after so many days would touch; None is never. Must run in the tenant's scope."""
    wished = Keeping.objects.filter(app=app).first() or Keeping(app=app)
    wished.delete_after_days, wished.archive_after_days = days, archive_days
    moment, holds = now or clock.now(), standing(app)
    parts = [_part(files, rules, days, holds, moment) for files, rules in groups(wished)]
    return Preview(**{field.name: sum(getattr(part, field.name) for part in parts) for field in fields(Preview)})


def _part(
    files: "QuerySet[StoredFile]", rules: Rules, days: int | None, holds: Standing, moment: dt.datetime
) -> Preview:
    """Of files for which the same rules hold."""
    held = holds.covers()
    going = _aged(files, rules.ends_after_days, moment).exclude(held).exclude(kept_until__gt=moment)
    sizes = going.aggregate(files=Count("pk"), bytes=Sum("size"))
    sooner, later = _moved(files, rules.ends_after_days)
    archived = _aged(files, rules.archive_after_days, moment).filter(archived_at=None, trashed_at=None)
    return Preview(
        files=files.count(),
        deleted_now=sizes["files"],
        deleted_now_bytes=sizes["bytes"] or 0,
        sooner=sooner,
        later=later,
        on_hold=files.filter(held).count(),
        archived_now=archived.exclude(held).count(),
        kept_by_label=max(_aged(files, days, moment).exclude(held).count() - sizes["files"], 0),
    )


def _aged(files: "QuerySet[StoredFile]", days: int | None, moment: dt.datetime) -> "QuerySet[StoredFile]":
    """Those that are so many days old."""
    return files.none() if days is None else files.filter(created_at__lte=moment - dt.timedelta(days=days))


def _moved(files: "QuerySet[StoredFile]", days: int | None) -> tuple[int, int]:
    """How many files' dates come nearer, and how many go further away."""
    if days is None:
        return 0, files.filter(delete_at__isnull=False).count()
    dated = files.annotate(wanted=age(days))
    return (
        dated.filter(Q(delete_at=None) | Q(delete_at__gt=F("wanted"))).count(),
        dated.filter(delete_at__lt=F("wanted")).count(),
    )
