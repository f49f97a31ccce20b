"""An app's overview: three numbers, fourteen days of arrivals, uploads in flight, the latest events."""

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from django.db.models import Count
from django.db.models.functions import TruncDate

from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel import clock
from kernel.errors import CATALOGUE
from kernel.sizes import GB, in_words
from marketplace import trail
from marketplace.charts import Chart, bars_of
from marketplace.installations import InstalledPolicy
from marketplace.prices import price_book
from policy.costs import estimate, in_currency
from quotas.models import Quota
from storage.models import StoredFile, Upload
from storage.states import IN_FLIGHT, UploadState
from tenancy.models import MicroApp

_SHOWN_EVENTS = 10
_DAYS = 14
_SECURITY_DAYS = 30
_PROBLEMS_STAY = dt.timedelta(days=1)
_TONES = {UploadState.REJECTED: "danger", UploadState.HELD: "warning"}


@dataclass(frozen=True, slots=True)
class UploadRow:
    """One upload that isn't a file, in words."""

    id: uuid.UUID
    name: str
    size_words: str
    state: str
    state_words: str
    tone: str
    problem_words: str
    started_at: dt.datetime


@dataclass(frozen=True, slots=True)
class AppPage:
    """The living part of the page."""

    used_words: str
    limit_words: str
    percent: int
    files_count: int
    cost_words: str
    most_words: str
    problems: int
    chart: Chart
    uploads: tuple[UploadRow, ...]
    events: tuple[trail.Row, ...]
    as_of: dt.datetime

    @classmethod
    def of(cls, app: MicroApp, policy: InstalledPolicy, viewer: uuid.UUID) -> "AppPage":
        """The page of one app, now. Must run in the tenant's scope."""
        quota: Quota = Quota.objects.get(app=app)
        now = clock.now()
        return cls(
            used_words=in_words(quota.bytes_used),
            limit_words=in_words(quota.bytes_limit),
            percent=min(quota.percent, 100),
            files_count=StoredFile.objects.filter(app=app, trashed_at=None).count(),
            cost_words=in_currency(_stored_cents(policy, quota.bytes_used)),
            most_words=in_currency(estimate(policy.document, policy.region, price_book(policy.region)).maximum_cents),
            problems=trail.problems_since(app, now - dt.timedelta(days=_SECURITY_DAYS)),
            chart=_arrivals(app, now.date()),
            uploads=uploads_of(app),
            events=trail.page_of(app, viewer, size=_SHOWN_EVENTS).rows,
            as_of=now,
        )

    @property
    def pending(self) -> bool:
        """Whether something will change by itself soon."""
        return any(row.state in IN_FLIGHT for row in self.uploads)


def uploads_of(app: MicroApp) -> tuple[UploadRow, ...]:
    """What is on its way, and what was refused in the last day."""
    rows = Upload.objects.filter(app=app, created_at__gte=clock.now() - _PROBLEMS_STAY)
    shown = rows.filter(state__in=[*IN_FLIGHT, *_TONES]).order_by("-id")[:20]
    return tuple(_upload_row(upload) for upload in shown)


def _stored_cents(policy: InstalledPolicy, stored: int) -> int:
    """What a month of what is stored now costs, in cents, rounded up."""
    price = price_book(policy.region).regions[policy.region].storage_gb_month
    return int((Decimal(stored) / GB * price * 100).quantize(Decimal(1), ROUND_UP))


def _arrivals(app: MicroApp, today: dt.date) -> Chart:
    days = [today - dt.timedelta(days=back) for back in reversed(range(_DAYS))]
    first = dt.datetime.combine(days[0], dt.time(), dt.UTC)
    counted = (
        AuditEvent.objects.filter(
            app_id=app.id, at__gte=first, action__in=[AuditAction.UPLOAD_AVAILABLE, AuditAction.UPLOAD_REJECTED]
        )
        .annotate(day=TruncDate("at"))
        .values_list("day", "action")
        .annotate(times=Count("id"))
        .order_by()
    )
    good = {day: times for day, action, times in counted if action == AuditAction.UPLOAD_AVAILABLE}
    bad = {day: times for day, action, times in counted if action == AuditAction.UPLOAD_REJECTED}
    return bars_of(days, good, bad)


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
        id=upload.pk,
    )
