"""Handing a received upload to the scanners."""

import structlog
from kombu.exceptions import OperationalError

from kernel.circuit import Circuit
from scanning.tasks import scan_upload
from storage.models import Upload

_log = structlog.get_logger(__name__)
_queue = Circuit(failures=1, rest_seconds=15.0)
"""A queue that hangs takes seconds to say so: one upload in a quarter of a minute finds out for all."""


def hand_to_scanners(upload: Upload) -> None:
    """Queue the scan. With the queue out of reach the upload waits: the scheduler's round finds it, none is lost."""
    if not _queue.lets_ask():
        _log.warning("scan_not_queued", upload=str(upload.id), tenant=str(upload.tenant_id))
        return
    try:
        scan_upload.delay(str(upload.tenant_id), str(upload.id))
    except OperationalError:
        _queue.failed()
        _log.warning("scan_not_queued", upload=str(upload.id), tenant=str(upload.tenant_id))
    else:
        _queue.answered()
