"""How long the way to a first safe file takes, step by step, as the record stamped it.

A round measures each organisation's new apps in its own scope; what is kept is counts and seconds of all together,
which name nobody, and only as long as the next rounds make it anew.
"""

import datetime as dt
import math
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from django.core.cache import cache

from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel import clock
from tenancy.models import MicroApp
from tenancy.principals import PrincipalKind
from tenancy.scoping import tenant_scope

LOOKS_BACK = dt.timedelta(days=7)
FEWEST = 3
"""Of fewer apps nothing is said: one alone could be recognised."""

_KEPT_SECONDS = 3 * 3600
_PLACE = "operations.first_uploads"
_FIRST_EVENTS = 200
"""Of one app: whoever hasn't stored a file by then was doing something else."""

_PEOPLE = (f"{PrincipalKind.USER}:", f"{PrincipalKind.VISITOR}:")
_STARTS = (AuditAction.UPLOAD_URL_SIGNED, AuditAction.MULTIPART_STARTED)
STEPS = ("To the agreement", "To the chosen file", "To the whole file in storage", "To safe and stored", "Altogether")


@dataclass(frozen=True, slots=True)
class Pace:
    """One step: how many apps took it, and within how many seconds half and nine tenths of them did."""

    step: str
    count: int
    half_s: float
    most_s: float


@dataclass(frozen=True, slots=True)
class FirstUploads:
    """What the last round found, and when."""

    at: dt.datetime
    paces: tuple[Pace, ...]


def measure(tenants: Iterable[uuid.UUID], now: dt.datetime | None = None) -> FirstUploads:
    """Look at all of these organisations' new apps, and keep what is said of them together."""
    at = now or clock.now()
    ways = [way for tenant_id in tenants for way in _ways(tenant_id, at - LOOKS_BACK)]
    columns = zip(*ways, strict=True) if len(ways) >= FEWEST else ()
    paces = tuple(_pace(step, seconds) for step, seconds in zip(STEPS, columns, strict=False))
    found = FirstUploads(at, paces)
    cache.set(_PLACE, {"at": at, "paces": [asdict(pace) for pace in paces]}, _KEPT_SECONDS)
    return found


def last_measured() -> FirstUploads | None:
    """What the last round found; None before the first."""
    kept: dict[str, Any] | None = cache.get(_PLACE)
    return FirstUploads(kept["at"], tuple(Pace(**pace) for pace in kept["paces"])) if kept else None


def _pace(step: str, seconds: Sequence[float]) -> Pace:
    """By nearest rank, so that each figure is one that somebody really had."""
    ordered = sorted(seconds)
    half, most = (ordered[math.ceil(len(ordered) * share) - 1] for share in (0.5, 0.9))
    return Pace(step, len(ordered), half, most)


def _ways(tenant_id: uuid.UUID, since: dt.datetime) -> list[tuple[float, ...]]:
    """The seconds of each step, of every app made since then whose first file is safe."""
    with tenant_scope(tenant_id):
        made = MicroApp.objects.filter(created_at__gte=since).values_list("id", flat=True)
        return [way for app_id in made if (way := _way(app_id)) is not None]


def _way(app_id: uuid.UUID) -> tuple[float, ...] | None:
    """What people themselves brought counts; samples that a sandbox begins with don't."""
    events = list(AuditEvent.objects.filter(app_id=app_id).order_by("id")[:_FIRST_EVENTS])
    started = next((one for one in events if one.action in _STARTS and one.actor.startswith(_PEOPLE)), None)
    if started is None:
        return None
    of_upload = [one for one in events if one.subject == started.subject]
    stamps = (
        _first(events, AuditAction.APP_INSTALLED),
        _first(events, AuditAction.CONSENT_GIVEN),
        started.at,
        _first(of_upload, AuditAction.UPLOAD_RECEIVED),
        _first(of_upload, AuditAction.UPLOAD_AVAILABLE),
    )
    known = [stamp for stamp in stamps if stamp is not None]
    if len(known) < len(stamps):
        return None
    steps = [(after - before).total_seconds() for before, after in pairwise(known)]
    return (*steps, (known[-1] - known[0]).total_seconds())


def _first(events: Sequence[AuditEvent], action: AuditAction) -> dt.datetime | None:
    return next((one.at for one in events if one.action == action), None)
