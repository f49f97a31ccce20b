"""Taking what is due out of the outbox, so that no two workers take the same.

Rows are locked for the moment of taking alone (SELECT … FOR UPDATE SKIP LOCKED) and then leased: due again after the
lease, should the worker die. The attempt is counted as it begins, so what kills its worker ends as given up, too.
"""

import datetime as dt

from django.db.models import QuerySet

from kernel.identifiers import new_id
from notices.channels.port import Message
from notices.models import Delivery, NoticePreference

LEASE = dt.timedelta(minutes=2)
"""Longer than any channel takes to send; a worker that takes longer sends what another one sends again."""

MAX_IN_DIGEST = 100


def claim(now: dt.datetime) -> Message | None:
    """The next message of the entered tenant, leased, or None. Must run in a transaction."""
    rows = _single(now) or _digest(now)
    if not rows:
        return None
    attempts, until = max(row.attempts for row in rows) + 1, now + LEASE
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(attempts=attempts, due_at=until)
    for row in rows:
        row.attempts, row.due_at = attempts, until
    return Message(rows[0].message or rows[0].pk, tuple(rows))


def due(now: dt.datetime) -> "QuerySet[Delivery]":
    """What could be taken now. An endpoint that was turned off, or rests after a failure, keeps its own waiting."""
    rows: QuerySet[Delivery] = Delivery.objects.filter(state=Delivery.State.WAITING, due_at__lte=now)
    return rows.exclude(endpoint__disabled_at__isnull=False).exclude(endpoint__resting_until__gt=now)


def _single(now: dt.datetime) -> list[Delivery]:
    alone = due(now).filter(in_digest=False).order_by("due_at", "id")
    return _locked(alone, 1)


def _digest(now: dt.datetime) -> list[Delivery]:
    """Everything due for one person, who is locked meanwhile: two workers must not send two halves of a digest.

    What was sent together before, by a worker that died or failed, is sent together again and with nothing else, so
    that its message stays the same.
    """
    waiting = due(now).filter(in_digest=True)
    people = NoticePreference.objects.filter(user_id__in=waiting.values("user_id"))
    person = people.select_for_update(skip_locked=True).order_by("id").first()
    if person is None:
        return []
    theirs = waiting.filter(user_id=person.user_id).order_by("id")
    begun = theirs.filter(message__isnull=False).values_list("message", flat=True).first()
    if begun is not None:
        return _locked(Delivery.objects.filter(message=begun, state=Delivery.State.WAITING).order_by("id"))
    return _begin(_locked(theirs.filter(message=None), MAX_IN_DIGEST))


def _begin(rows: list[Delivery]) -> list[Delivery]:
    message = new_id()
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(message=message)
    for row in rows:
        row.message = message
    return rows


def _locked(rows: "QuerySet[Delivery]", at_most: int | None = None) -> list[Delivery]:
    related = rows.select_related("notice__workspace", "notice__app", "user", "endpoint")
    return list(related.select_for_update(skip_locked=True, of=("self",))[:at_most])
