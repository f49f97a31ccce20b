"""What an app's page shows of now: space, uploads in flight, files, the latest events."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel import clock
from kernel.errors import CATALOGUE
from kernel.sizes import in_words
from quotas.models import Quota
from storage.models import StoredFile, Upload
from storage.states import IN_FLIGHT, UploadState
from tenancy.models import MicroApp

_SHOWN_FILES = 50
_SHOWN_EVENTS = 10
_PROBLEMS_STAY = dt.timedelta(days=1)
_ROUTINE = Q(action=AuditAction.TOKEN_ISSUED) | Q(action=AuditAction.DOWNLOAD_URL_SIGNED, detail__area="thumbs")
"""On the record, but not news: the page's own tokens and thumbnails would crowd out what people did."""

_TONES = {UploadState.REJECTED: "danger", UploadState.HELD: "warning"}


@dataclass(frozen=True, slots=True)
class UploadRow:
    """One upload that isn't a file, in words."""

    name: str
    size_words: str
    state: str
    state_words: str
    tone: str
    problem_words: str
    started_at: dt.datetime


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file."""

    id: str
    name: str
    size_words: str
    has_thumbnail: bool
    created_at: dt.datetime
    delete_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of the record."""

    words: str
    actor: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class AppPage:
    """The living part of the page."""

    used_words: str
    limit_words: str
    percent: int
    files_count: int
    uploads: tuple[UploadRow, ...]
    files: tuple[FileRow, ...]
    events: tuple[EventRow, ...]
    as_of: dt.datetime

    @classmethod
    def of(cls, app: MicroApp) -> "AppPage":
        """The page of one app, now. Must run in the tenant's scope."""
        quota: Quota = Quota.objects.get(app=app)
        return cls(
            used_words=in_words(quota.bytes_used),
            limit_words=in_words(quota.bytes_limit),
            percent=min(quota.percent, 100),
            files_count=StoredFile.objects.filter(app=app).count(),
            uploads=tuple(_upload_row(upload) for upload in _shown_uploads(app)),
            files=tuple(
                _file_row(stored) for stored in StoredFile.objects.filter(app=app).order_by("-id")[:_SHOWN_FILES]
            ),
            events=tuple(_event_row(event) for event in _latest_events(app)),
            as_of=clock.now(),
        )

    @property
    def pending(self) -> bool:
        """Whether something will change by itself soon."""
        return any(row.state in IN_FLIGHT for row in self.uploads)


def _shown_uploads(app: MicroApp) -> list[Upload]:
    """What is on its way, and what was refused in the last day."""
    rows = Upload.objects.filter(app=app, created_at__gte=clock.now() - _PROBLEMS_STAY)
    return list(rows.filter(state__in=[*IN_FLIGHT, *_TONES]).order_by("-id")[:20])


def _latest_events(app: MicroApp) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(app_id=app.id).exclude(_ROUTINE).order_by("-id")[:_SHOWN_EVENTS])


def _upload_row(upload: Upload) -> UploadRow:
    state = UploadState(upload.state)
    problem = CATALOGUE.get(upload.problem_code)
    return UploadRow(
        name=upload.name,
        size_words=in_words(upload.actual_size or upload.declared_size),
        state=state,
        state_words=state.label,
        tone=_TONES.get(state, "busy"),
        problem_words=problem.words_for(upload.problem_facts) if problem else "",
        started_at=upload.created_at,
    )


def _file_row(stored: StoredFile) -> FileRow:
    return FileRow(
        str(stored.id),
        stored.name,
        in_words(stored.size),
        stored.has_thumbnail,
        stored.created_at,
        stored.delete_at,
    )


def _event_row(event: AuditEvent) -> EventRow:
    kind = event.actor.split(":", 1)[0]
    actor = {"user": "a person", "system": "Gatehouse"}.get(kind, kind)
    return EventRow(AuditAction(event.action).words, actor, event.at)
