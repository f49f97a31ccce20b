"""A Celery worker gets SIGKILL with a file in its hands: the task is run again, and of the file there is one."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from audit.actions import AuditAction
from audit.models import AuditEvent
from embedded.management import PROJECT
from embedded.process import Process, stop_all
from scanning.engines.clamd import Address
from scanning.progress import step_of
from storage.models import Upload
from storage.object_store import ObjectStore
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.faults.proxy import Fault, FaultProxy
from tests.scanning import samples
from tests.scanning.conftest import app, bucket, clamd_url, store
from tests.scanning.world import arrive, bytes_used, file_of, now_of

__all__ = ["app", "bucket", "clamd_url", "store"]
pytestmark = [
    pytest.mark.usefixtures("alone"),
    pytest.mark.timeout(300),  # two starts of a worker, on a machine that others use too
]
PHOTO = samples.picture("JPEG", (300, 200))
BROKER = urlsplit(os.environ["REDIS_URL"])._replace(path="/15").geturl()
"""A queue that no other test's tasks are in."""

_PATIENCE_SECONDS = 90
_WORKER = "celery -A config worker -B -Q scan -c 1 --loglevel=INFO"
_NEVER = 3600
"""So that rounds do nothing, and what happens is the queue's doing."""


@pytest.fixture
def scanner(clamd_url: str) -> Iterator[FaultProxy]:
    """The way to clamd, which can fall silent."""
    address = Address.parse(clamd_url)
    with FaultProxy(address.host, address.port) as proxy:
        yield proxy


@contextmanager
def working(folder: Path, scanner: FaultProxy, *, stalled_after: int) -> Iterator[Process]:
    """A worker of the scans with the scheduler's rounds, which take up what stands still for so many seconds."""
    environment = {
        **os.environ,
        "DATABASE_URL": "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**connection.settings_dict),
        "PYTHONPATH": f"{PROJECT}:{PROJECT / 'platform'}",
        "REDIS_URL": settings.CACHES["default"]["LOCATION"],  # who has a file in hand is told there
        "CELERY_BROKER_URL": BROKER,
        "CLAMD_URL": f"tcp://127.0.0.1:{scanner.port}",
        "SCAN_STALLED_AFTER_SECONDS": str(stalled_after),
        "SCAN_SWEEP_EVERY_SECONDS": "1",
    }
    command = [sys.executable, "-m", *_WORKER.split(), "-s", str(folder / "schedule")]
    process = Process("Worker", command, folder / "worker.log", folder=PROJECT, environment=environment)
    process.start()
    try:
        yield process
    finally:
        stop_all([process])


def in_its_hands(worker: Process, upload: Upload) -> None:
    """Queue the scan, and wait until a worker waits for the scanner's word about the file."""
    with current_app.connection_for_write(BROKER) as queue:
        current_app.send_task(
            "scanning.scan_upload", [str(upload.tenant_id), str(upload.id)], queue="scan", connection=queue
        )
    worker.wait_until(lambda: step_of(upload.id) == "malware", _PATIENCE_SECONDS)


def assert_one_file(upload: Upload, app: MicroApp) -> None:
    assert file_of(upload) is not None
    assert bytes_used(app) == (len(PHOTO), 0)
    with tenant_scope(upload.tenant_id):
        events = AuditEvent.objects.filter(subject=f"upload:{upload.id}", action=AuditAction.UPLOAD_AVAILABLE)
        assert events.count() == 1


def test_its_task_is_given_on_at_once_where_only_the_process_at_work_dies(
    app: MicroApp, store: ObjectStore, scanner: FaultProxy, tmp_path: Path
) -> None:
    upload = arrive(app, store, PHOTO)
    scanner.fault = Fault.HANG
    with working(tmp_path, scanner, stalled_after=_NEVER) as worker:
        in_its_hands(worker, upload)
        scanner.fault = Fault.NONE
        for child in Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)
        worker.wait_until(lambda: now_of(upload).state == "available", _PATIENCE_SECONDS)
    assert_one_file(upload, app)


def test_another_takes_it_up_where_the_whole_worker_dies(
    app: MicroApp, store: ObjectStore, scanner: FaultProxy, tmp_path: Path
) -> None:
    """Its message would be given on after an hour; the round finds the file once nobody says that he has it."""
    upload = arrive(app, store, PHOTO)
    scanner.fault = Fault.HANG
    with working(tmp_path, scanner, stalled_after=_NEVER) as worker:
        in_its_hands(worker, upload)
        worker.kill()
    scanner.fault = Fault.NONE
    assert now_of(upload).state == "scanning"
    with working(tmp_path, scanner, stalled_after=1) as worker:
        cache.delete(f"scan-in-hand:{upload.id}")  # the forty seconds are over
        worker.wait_until(lambda: now_of(upload).state == "available", _PATIENCE_SECONDS)
    assert_one_file(upload, app)
