"""What happened at one app, for the people who look after it: filtered, a page at a time, and as a table to keep."""

import csv
import datetime as dt
import enum
import io
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel.identifiers import parse_id
from kernel.language import retold, said
from marketplace.people import names_of
from policy.sentences import Sentence
from storage.models import Upload
from tenancy.models import MicroApp

A = AuditAction
PAGE = 50
MAX_EXPORTED = 20_000
"""Rows of one export: a year of a busy app, and still a file that a spreadsheet opens."""

_ROUTINE = Q(action=A.TOKEN_ISSUED) | Q(action=A.DOWNLOAD_URL_SIGNED, detail__area="thumbs")
"""On the record, but not news: the pages' own tokens and thumbnails would crowd out what people did."""

PROBLEMS = frozenset(
    {
        A.TOKEN_REFUSED,
        A.TOKEN_REVOKED,
        A.ACCESS_REVOKED,
        A.CODE_REPLAYED,
        A.UPLOAD_REJECTED,
        A.UPLOAD_HELD,
        A.FILE_LOCKED,
    }
)
"""What the page counts as a security event: something was refused, held or taken back."""


class Show(enum.StrEnum):
    """What of the trail is shown."""

    NEWS = "news"
    FILES = "files"
    ACCESS = "access"
    SETTINGS = "settings"
    PROBLEMS = "problems"
    ALL = "all"

    @property
    def words(self) -> str:
        """For the list of choices."""
        return _WORDS[self]


_WORDS = {
    Show.NEWS: "What people did",
    Show.FILES: "Files alone",
    Show.ACCESS: "Access and consent alone",
    Show.SETTINGS: "Settings alone",
    Show.PROBLEMS: "What was refused or stopped",
    Show.ALL: "Everything on the record",
}
_ROOMS = {
    Show.FILES: ("gateway:", "storage:", "lifecycle:file", "scanning:file"),
    Show.ACCESS: ("broker:",),
    Show.SETTINGS: ("marketplace:", "tenancy:", "quotas:", "lifecycle:keeping", "lifecycle:hold"),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody wants to see: days in UTC, both included."""

    show: Show = Show.NEWS
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One event in words."""

    id: uuid.UUID
    at: dt.datetime
    words: str
    about: str
    actor: str
    is_problem: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the trail, the newest first, and behind which event it goes on."""

    rows: tuple[Row, ...]
    next: uuid.UUID | None


EVERYTHING_NEW = Filter()


def page_of(
    app: MicroApp, viewer: uuid.UUID, wanted: Filter = EVERYTHING_NEW, *, before: uuid.UUID | None = None,
    size: int = PAGE,
) -> Page:  # fmt: skip
    """One page. Must run in the tenant's scope: another tenant's events aren't there, whatever is asked."""
    found = _events(app, wanted)
    if before is not None:
        found = found.filter(id__lt=before)
    events = list(found[: size + 1])
    shown = events[:size]
    return Page(tuple(_rows(shown, viewer)), shown[-1].id if len(events) > size else None)


def problems_since(app: MicroApp, moment: dt.datetime) -> int:
    """How many security events there were."""
    count: int = AuditEvent.objects.filter(app_id=app.id, action__in=PROBLEMS, at__gte=moment).count()
    return count


def as_csv(app: MicroApp, viewer: uuid.UUID, wanted: Filter) -> str:
    """The trail as a table (RFC 4180), the newest first, with nothing that a spreadsheet would calculate."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_("Time (UTC)"), _("What happened"), _("About"), _("By"), _("Kind of event"), _("Reference")])
    events = list(_events(app, wanted)[:MAX_EXPORTED])
    for event, row in zip(events, _rows(events, viewer), strict=True):
        cells = [f"{row.at:%Y-%m-%d %H:%M:%S}", said(row.words), row.about, row.actor, event.action, event.request_id]
        writer.writerow([inert(cell) for cell in cells])
    return text.getvalue()


def inert(cell: str) -> str:
    """The text as a spreadsheet shows it and never runs it (OWASP, "CSV Injection"); full-width signs count too."""
    starts = cell.lstrip().startswith(("=", "+", "-", "@", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20"))
    return f"'{cell}" if starts or cell.startswith(("\t", "\r", "\n")) else cell


def _events(app: MicroApp, wanted: Filter) -> "QuerySet[AuditEvent]":
    rows: QuerySet[AuditEvent] = AuditEvent.objects.filter(_which(wanted.show), app_id=app.id)
    if wanted.since:
        rows = rows.filter(at__gte=_start_of(wanted.since))
    if wanted.until:
        rows = rows.filter(at__lt=_start_of(wanted.until + dt.timedelta(days=1)))
    return rows.order_by("-id")


def _which(show: Show) -> Q:
    if show == Show.ALL:
        return Q()
    if show == Show.PROBLEMS:
        return Q(action__in=PROBLEMS)
    rooms = Q(*(Q(action__startswith=room) for room in _ROOMS.get(show, ())), _connector=Q.OR)
    return rooms & ~_ROUTINE


def _start_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def _rows(events: Iterable[AuditEvent], viewer: uuid.UUID) -> Iterator[Row]:
    events = list(events)
    names, files = names_of((event.actor for event in events), viewer), _files(events)
    return (_row(event, names, files) for event in events)


def _row(event: AuditEvent, names: Mapping[str, str], files: Mapping[str, str]) -> Row:
    action = AuditAction(event.action)
    about = files.get(event.subject) or _detail(event)
    return Row(event.id, event.at, action.words, about, names[event.actor], action in PROBLEMS)


def _files(events: Iterable[AuditEvent]) -> Mapping[str, str]:
    """The names of the files that events are about; a file has the id of the upload that it came from."""
    subjects = {event.subject for event in events if event.subject.startswith(("upload:", "file:"))}
    ids = {subject: parse_id(subject.partition(":")[2]) for subject in subjects}
    names = dict(Upload.objects.filter(pk__in=[each for each in ids.values() if each]).values_list("pk", "name"))
    return {subject: names[each] for subject, each in ids.items() if each in names}


def _detail(event: AuditEvent) -> str:
    """The detail that names the thing, where the event has one. A reason may be one that we gave."""
    if "words" in event.detail:
        return str(Sentence.of(event.detail["words"]))
    named = ((key, event.detail.get(key)) for key in ("name", "reason", "surface", "path", "template"))
    return next((retold(str(words)) if key == "reason" else str(words) for key, words in named if words), "")
