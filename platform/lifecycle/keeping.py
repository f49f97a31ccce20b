"""An app's rule of how long files stay: looked at before it is changed, changed for files that are there too."""

import datetime as dt
import enum
from dataclasses import dataclass

from django.db.models import Count, DateTimeField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.errors import VALIDATION, FieldError, Problem
from lifecycle.holds import standing
from lifecycle.rules import Rules
from storage.durations import exact_in_words
from storage.models import Keeping, StoredFile
from tenancy.models import MicroApp
from tenancy.principals import Principal


class Unchanged(enum.Enum):
    """Stands for what isn't to be changed."""

    TOKEN = enum.auto()


UNCHANGED = Unchanged.TOKEN


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change of the rule would do to the files that are there. Sizes in bytes."""

    files: int
    deleted_now: int
    deleted_now_bytes: int
    sooner: int
    later: int
    on_hold: int
    archived_now: int = 0


def rules_of(app: MicroApp) -> Rules:
    """The rules that hold for an app's files; for ever, where nothing was set. Must run in the tenant's scope."""
    keeping = Keeping.objects.filter(app=app).first()
    if keeping is None:
        return Rules(None)
    return Rules(keeping.delete_after_days, keeping.minimum_days, keeping.archive_after_days)


def preview(
    app: MicroApp, days: int | None, archive_days: int | None = None, now: dt.datetime | None = None
) -> Preview:
    """What deleting and archiving after so many days would touch; None is never."""
    files = StoredFile.objects.filter(app=app)
    held = standing(app).covers()
    going = _aged(files, days, now).exclude(held)
    sizes = going.aggregate(files=Count("pk"), bytes=Sum("size"))
    sooner, later = _moved(files, days)
    return Preview(
        files=files.count(),
        deleted_now=sizes["files"],
        deleted_now_bytes=sizes["bytes"] or 0,
        sooner=sooner,
        later=later,
        on_hold=files.filter(held).count(),
        archived_now=_aged(files, archive_days, now).filter(archived_at=None, trashed_at=None).exclude(held).count(),
    )


def _aged(files: "QuerySet[StoredFile]", days: int | None, now: dt.datetime | None) -> "QuerySet[StoredFile]":
    """Those that are so many days old."""
    if days is None:
        return files.none()
    return files.filter(created_at__lte=(now or clock.now()) - dt.timedelta(days=days))


def change(
    app: MicroApp, days: int | None, archive_days: int | Unchanged | None = UNCHANGED, *, actor: Principal | str
) -> Keeping:
    """Set the rule, and the dates of every file that is there. Must run in the tenant's scope.

    Raises Problem VALIDATION outside the template's bounds.
    """
    keeping: Keeping = Keeping.objects.select_for_update().get(app=app)
    archived = keeping.archive_after_days if isinstance(archive_days, Unchanged) else archive_days
    require_within(keeping, days, archived)
    before = (keeping.delete_after_days, keeping.archive_after_days)
    keeping.delete_after_days, keeping.archive_after_days = days, archived
    keeping.save(update_fields=["delete_after_days", "archive_after_days"])
    StoredFile.objects.filter(app=app).update(delete_at=_date(days))
    StoredFile.objects.filter(app=app, archived_at=None).update(archive_at=_date(archived))
    record(
        AuditAction.KEEPING_CHANGED,
        actor=actor,
        app_id=app.id,
        subject=f"app:{app.id}",
        days=days,
        before=before[0],
        archive_days=archived,
        archive_before=before[1],
    )
    return keeping


def require_within(keeping: Keeping, days: int | None, archive_days: int | None) -> None:
    """Raises Problem VALIDATION for what the template doesn't allow."""
    wrong = _deleting(keeping, days) or _archiving(keeping, days, archive_days)
    if wrong is not None:
        raise Problem(VALIDATION, errors=[wrong], detail=wrong.detail)


def _deleting(keeping: Keeping, days: int | None) -> FieldError | None:
    shortest, longest = max(keeping.minimum_days, 1), keeping.longest_days
    if days is None and longest is None:
        return None
    if days is None or days < shortest or (longest is not None and days > longest):
        return FieldError("/delete_after_days", _bounds(shortest, longest))
    return None


def _bounds(shortest: int, longest: int | None) -> str:
    if longest is None:
        return _("At least %(time)s.") % {"time": exact_in_words(shortest)}
    if longest == shortest:
        return _("Nothing but %(time)s: the template says so.") % {"time": exact_in_words(shortest)}
    bounds = {"least": exact_in_words(shortest), "most": exact_in_words(longest)}
    return _("Between %(least)s and at most %(most)s: the template says so.") % bounds


def _archiving(keeping: Keeping, days: int | None, archive_days: int | None) -> FieldError | None:
    """Sooner than the template says, never later and never not at all: the estimate of the costs rests on it."""
    latest = keeping.latest_archive_days
    if latest is None:
        detail = _("The template keeps files where they can be opened at once.")
        return FieldError("/archive_after_days", detail) if archive_days is not None else None
    if archive_days is None or not 1 <= archive_days <= latest:
        return FieldError("/archive_after_days", _bounds(1, latest))
    if days is not None and archive_days >= days:
        detail = _("Fewer than %(time)s: files are deleted then.") % {"time": exact_in_words(days)}
        return FieldError("/archive_after_days", detail)
    return None


def _moved(files: "QuerySet[StoredFile]", days: int | None) -> tuple[int, int]:
    """How many files' dates come nearer, and how many go further away."""
    if days is None:
        return 0, files.filter(delete_at__isnull=False).count()
    dated = files.annotate(wanted=_date(days))
    return (
        dated.filter(Q(delete_at=None) | Q(delete_at__gt=F("wanted"))).count(),
        dated.filter(delete_at__lt=F("wanted")).count(),
    )


def _date(days: int | None) -> Combinable | None:
    if days is None:
        return None
    return ExpressionWrapper(F("created_at") + dt.timedelta(days=days), output_field=DateTimeField())
