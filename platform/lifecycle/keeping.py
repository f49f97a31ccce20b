"""An app's rule of how long files stay: looked at before it is changed, changed for files that are there too."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, DateTimeField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.expressions import Combinable

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.errors import VALIDATION, FieldError, Problem
from lifecycle.holds import standing
from lifecycle.rules import Rules
from storage.models import Keeping, StoredFile
from tenancy.models import MicroApp
from tenancy.principals import Principal


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change of the rule would do to the files that are there. Sizes in bytes."""

    files: int
    deleted_now: int
    deleted_now_bytes: int
    sooner: int
    later: int
    on_hold: int


def rules_of(app: MicroApp) -> Rules:
    """The rules that hold for an app's files; for ever, where nothing was set. Must run in the tenant's scope."""
    keeping = Keeping.objects.filter(app=app).first()
    return Rules(keeping.delete_after_days, keeping.minimum_days) if keeping else Rules(None)


def preview(app: MicroApp, days: int | None, now: dt.datetime | None = None) -> Preview:
    """What deleting after so many days would touch; None is never."""
    files = StoredFile.objects.filter(app=app)
    held = standing(app).covers()
    due = Q(pk__in=[]) if days is None else Q(created_at__lte=(now or clock.now()) - dt.timedelta(days=days))
    going = files.filter(due).exclude(held)
    sizes = going.aggregate(files=Count("pk"), bytes=Sum("size"))
    sooner, later = _moved(files, days)
    return Preview(
        files=files.count(),
        deleted_now=sizes["files"],
        deleted_now_bytes=sizes["bytes"] or 0,
        sooner=sooner,
        later=later,
        on_hold=files.filter(held).count(),
    )


def change(app: MicroApp, days: int | None, *, actor: Principal | str) -> Keeping:
    """Set the rule, and the date of every file that is there. Must run in the tenant's scope.

    Raises Problem VALIDATION outside the template's bounds.
    """
    keeping: Keeping = Keeping.objects.select_for_update().get(app=app)
    _require_within(keeping, days)
    before, keeping.delete_after_days = keeping.delete_after_days, days
    keeping.save(update_fields=["delete_after_days"])
    StoredFile.objects.filter(app=app).update(delete_at=_date(days))
    record(AuditAction.KEEPING_CHANGED, actor=actor, app_id=app.id, subject=f"app:{app.id}", days=days, before=before)
    return keeping


def _require_within(keeping: Keeping, days: int | None) -> None:
    shortest, longest = max(keeping.minimum_days, 1), keeping.longest_days
    if days is None and longest is None:
        return
    if days is None or days < shortest or (longest is not None and days > longest):
        upper = "" if longest is None else f" and at most {longest}"
        detail = f"Between {shortest} days{upper}: the template says so." if upper else f"At least {shortest} days."
        raise Problem(VALIDATION, errors=[FieldError("/delete_after_days", detail)], detail=detail)


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
