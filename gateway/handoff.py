"""Handing a received upload to the scanners."""

import structlog
from kombu.exceptions import OperationalError

from scanning.tasks import scan_upload
from storage.models import Upload

_log = structlog.get_logger(__name__)


def hand_to_scanners(upload: Upload) -> None:
    """Queue the scan. With the queue out of reach the upload waits: the scheduler's round finds it, none is lost."""
    try:
        scan_upload.delay(str(upload.tenant_id), str(upload.id))
    except OperationalError:
        _log.warning("scan_not_queued", upload=str(upload.id), tenant=str(upload.tenant_id))
