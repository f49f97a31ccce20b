"""How scanners have answered lately: one that doesn't is left alone for a minute, and its owner can see why."""

import datetime as dt
import uuid

from django.core.cache import cache
from django.db.models import Q

from kernel import clock
from scanning.models import OutsideScanner
from tenancy.scoping import tenant_scope

REST_SECONDS = 60
_NOTED_AT_MOST_EVERY = dt.timedelta(seconds=30)
_LONGEST_REASON = 300


def rests(scanner_id: uuid.UUID) -> bool:
    """Whether it gave no answer within the last minute, so that asking about every file again would only cost."""
    return bool(cache.get(_key(scanner_id)))


def forget_rest(scanner_id: uuid.UUID) -> None:
    """Ask it at once again."""
    cache.delete(_key(scanner_id))


def note_answer(tenant_id: uuid.UUID, scanner_id: uuid.UUID) -> None:
    """It answered; written down now and then, since many workers ask one scanner."""
    now = clock.now()
    forget_rest(scanner_id)
    with tenant_scope(tenant_id):
        old = Q(answered_at=None) | Q(answered_at__lt=now - _NOTED_AT_MOST_EVERY) | Q(failing_since__isnull=False)
        OutsideScanner.objects.filter(old, pk=scanner_id).update(answered_at=now, failing_since=None, last_error="")


def note_failure(tenant_id: uuid.UUID, scanner_id: uuid.UUID, reason: str) -> None:
    """It gave no answer that counts."""
    cache.set(_key(scanner_id), True, timeout=REST_SECONDS)
    with tenant_scope(tenant_id):
        rows = OutsideScanner.objects.filter(pk=scanner_id)
        rows.filter(failing_since=None).update(failing_since=clock.now())
        rows.update(last_error=reason[:_LONGEST_REASON])


def _key(scanner_id: uuid.UUID) -> str:
    return f"scanner-rests:{scanner_id}"
