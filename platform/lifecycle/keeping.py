"""An app's rule of how long files stay; a change holds for the files that are there too. See `preview` beside it."""

import datetime as dt
import enum
from collections.abc import Iterable, Iterator

from django.db.models import DateTimeField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from audit.actions import AuditAction
from audit.record import record
from kernel.errors import VALIDATION, FieldError, Problem
from policy.lifetimes import Rules
from policy.shape import LabelTerms
from storage.durations import exact_in_words
from storage.models import Keeping, StoredFile
from tenancy.models import MicroApp
from tenancy.principals import Principal


class Unchanged(enum.Enum):
    """Stands for what isn't to be changed."""

    TOKEN = enum.auto()


UNCHANGED = Unchanged.TOKEN


def rules_for(stored: StoredFile) -> Rules:
    """The rules that hold for a file; for ever, where nothing was set. Must run in the tenant's scope."""
    keeping: Keeping | None = Keeping.objects.filter(app=stored.app_id).first()
    return Rules(None) if keeping is None else keeping.rules_for(stored.labels)


def groups(keeping: Keeping) -> Iterator[tuple["QuerySet[StoredFile]", Rules]]:
    """An app's files by what holds for them: those of each label that has terms of its own, and all the others."""
    files, others = StoredFile.objects.filter(app=keeping.app_id), Q()
    for labels in _spoken_of(files, keeping.by_label):
        yield files.filter(others, labels__contains=labels), keeping.rules_for(labels)
        others &= ~Q(labels__contains=labels)
    yield files.filter(others), keeping.rules


def _spoken_of(files: "QuerySet[StoredFile]", by_label: Iterable[LabelTerms]) -> list[dict[str, str]]:
    """The labels that files have of which the terms speak, those with both labels first: the others are among them."""
    fitting = Q(pk=None)
    for terms in by_label:
        name = "classification" if terms.classification else "kind"
        fitting |= Q(**{f"labels__{name}": terms.classification or terms.kind})
    rows = files.filter(fitting).values("labels__classification", "labels__kind").distinct()
    named = [{name.removeprefix("labels__"): str(label) for name, label in row.items() if label} for row in rows]
    return sorted(named, key=len, reverse=True)


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
    date_files(keeping)
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


def date_files(keeping: Keeping) -> None:
    """Set the dates of every file that is there by what holds now."""
    for files, rules in groups(keeping):
        files.update(delete_at=age(rules.ends_after_days), retained_until=age(rules.minimum_days or None))
        files.filter(archived_at=None).update(archive_at=age(rules.archive_after_days))


def age(days: int | None) -> Combinable | None:
    """In a query on files: when each is so many days old; None is never."""
    if days is None:
        return None
    return ExpressionWrapper(F("created_at") + dt.timedelta(days=days), output_field=DateTimeField())


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
