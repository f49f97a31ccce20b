"""Bringing storage's list of websites up to what apps' people listed."""

import structlog
from celery import current_app
from django.db import connection, transaction
from django.db.models import Min
from kombu.exceptions import OperationalError

from broker.models import AppOrigin
from storage.object_store import s3_client
from storage.websites import open_to

TELL_STORAGE = "broker.tell_storage_of_websites"
_ONE_AT_A_TIME = 0x5765_6273  # a number for PostgreSQL's advisory lock, nobody else's
_log = structlog.get_logger(__name__)


def tell_storage_after_commit() -> None:
    """Ask a worker to do it at once; where the queue is away, the scheduler's round does."""
    transaction.on_commit(_ask_worker)


@transaction.atomic
def tell_storage() -> int:
    """Let in what is listed now, those first that were listed first; how many there are.

    One process at a time, so that an older list never comes after a newer one. Raises botocore's errors.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
    listed = AppOrigin.objects.values("origin").annotate(first=Min("id")).order_by("first")
    websites = list(listed.values_list("origin", flat=True))
    open_to(s3_client(), websites)
    return len(websites)


def _ask_worker() -> None:
    try:
        current_app.send_task(TELL_STORAGE)
    except OperationalError:
        _log.warning("storage_hears_of_websites_later")
