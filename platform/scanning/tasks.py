"""The jobs of the scanning workers. They take ids alone, and may be lost, late, doubled or killed."""

import uuid
from typing import Any

import structlog
from celery import Task, shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.db import OperationalError

from kernel.errors import Problem
from scanning import pictures, pipeline, rescans, stalled
from scanning.engines.port import EngineUnavailableError
from scanning.engines.registry import engines
from scanning.media_process import NoDecodingError
from scanning.outside import trying
from scanning.thumbnails import can_be_made_of
from storage.object_lock import object_lock
from storage.object_store import object_store
from storage.retention import keep_file
from storage.states import UploadState
from tenancy.addresses import tenants_with_apps

_log = structlog.get_logger(__name__)


class WaitingTask(Task[Any, Any]):
    """Tries again for half a minute when an engine, storage or the database can't answer.

    After that the file still waits: `resume_stalled` finds it.
    """

    autoretry_for = (EngineUnavailableError, NoDecodingError, Problem, OperationalError)
    throws = autoretry_for
    max_retries = 5
    retry_backoff = 1
    retry_backoff_max = 30
    retry_jitter = True
    acks_late = True
    reject_on_worker_lost = True

    def on_failure(self, exc: Exception, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        """Say plainly that the file waits, and for what."""
        _log.warning("scan_waits", task=self.name, ids=list(args), reason=str(exc))


@shared_task(name="scanning.scan_upload", base=WaitingTask)
def scan_upload(tenant_id: str, upload_id: str) -> None:
    """Scan a received upload and file it or refuse it; what must stay is kept in storage too."""
    asked = engines(settings.CLAMD_URL, settings.YARA_RULES_FOLDER)
    upload = pipeline.scan_upload(object_store(), asked, uuid.UUID(tenant_id), uuid.UUID(upload_id))
    if upload is None or upload.state != UploadState.AVAILABLE:
        return
    if can_be_made_of(upload.content_type):
        make_thumbnail.delay(tenant_id, upload_id)
    keep_file(object_lock(), upload.tenant_id, upload.id)


@shared_task(name="scanning.make_thumbnail", base=WaitingTask)
def make_thumbnail(tenant_id: str, file_id: str) -> None:
    """Give an available picture its thumbnail."""
    pictures.make_thumbnail(object_store(), uuid.UUID(tenant_id), uuid.UUID(file_id))


@shared_task(name="scanning.try_scanner")
def try_scanner(tenant_id: str, scanner_id: str) -> None:
    """Ask a workspace's own scanner about a file of ours, for its owner to see whether it answers."""
    trying.try_scanner(uuid.UUID(tenant_id), uuid.UUID(scanner_id))


@shared_task(name="scanning.resume_stalled")
def resume_stalled() -> None:
    """Hand uploads that wait too long, and pictures without a thumbnail, to the workers again."""
    for tenant_id in tenants_with_apps():
        for upload_id in stalled.to_resume(tenant_id):
            scan_upload.delay(str(tenant_id), str(upload_id))
        for file_id in stalled.without_thumbnail(tenant_id):
            make_thumbnail.delay(str(tenant_id), str(file_id))


@shared_task(name="scanning.rescan_all")
def rescan_all() -> None:
    """Hand files to the workers that the newest signatures haven't seen; without an engine the next round does."""
    asked = engines(settings.CLAMD_URL, settings.YARA_RULES_FOLDER)
    try:
        for tenant_id in tenants_with_apps():
            for file_id in rescans.due(asked, tenant_id):
                rescan_file.delay(str(tenant_id), str(file_id))
    except EngineUnavailableError as error:
        _log.warning("rescan_waits", reason=str(error))


@shared_task(name="scanning.rescan_file", base=WaitingTask)
def rescan_file(tenant_id: str, file_id: str) -> None:
    """Look at one file again with the newest signatures."""
    asked = engines(settings.CLAMD_URL, settings.YARA_RULES_FOLDER)
    rescans.rescan(object_store(), asked, uuid.UUID(tenant_id), uuid.UUID(file_id))


@worker_ready.connect
def _resume_what_was_left(**_: Any) -> None:
    """A worker that starts may follow one that was killed."""
    resume_stalled.delay()
