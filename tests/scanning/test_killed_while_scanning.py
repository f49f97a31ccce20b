"""A worker killed at any step: whoever runs the job again reaches the same end."""

import os
import signal
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.db import connection

from audit.actions import AuditAction
from audit.models import AuditEvent
from scanning import pipeline
from scanning.engines.registry import engines
from storage.models import Upload
from storage.object_store import ObjectStore
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.scanning import samples
from tests.scanning.scanners import EICAR
from tests.scanning.world import arrive, bytes_used, file_of

PHOTO = samples.picture("JPEG", (300, 200))
MOMENTS = [("read", "before"), ("copy", "before"), ("copy", "after"), ("delete", "before"), ("delete", "after")]


def database_url() -> str:
    """The tests' database, as another process is told of it."""
    it = connection.settings_dict
    return f"postgres://{it['USER']}:{quote(it['PASSWORD'])}@{it['HOST']}:{it['PORT']}/{it['NAME']}"


def be_killed(upload: Upload, call: str, moment: str, clamd_url: str) -> None:
    command = [sys.executable, "-m", "tests.scanning.dying", call, moment, str(upload.tenant_id), str(upload.id)]
    environment = {
        **os.environ,
        "PYTHONPATH": ":".join(path for path in sys.path if path),
        "DATABASE_URL": database_url(),
        "CLAMD_URL": clamd_url,
    }
    ended = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


@pytest.mark.parametrize(("call", "moment"), MOMENTS)
def test_a_clean_file_becomes_one_file(
    app: MicroApp, store: ObjectStore, clamd_url: str, call: str, moment: str
) -> None:
    upload = arrive(app, store, PHOTO)
    be_killed(upload, call, moment, clamd_url)
    ended = pipeline.scan_upload(store, engines(clamd_url), upload.tenant_id, upload.id)
    assert ended is not None
    assert ended.state == "available"
    stored = file_of(upload)
    assert stored is not None
    assert b"".join(store.read(stored.key(), stored.etag)) == PHOTO
    assert store.head(upload.quarantine_key) is None
    assert bytes_used(app) == (len(PHOTO), 0)
    with tenant_scope(app.tenant_id):
        recorded = AuditEvent.objects.filter(subject=f"upload:{upload.id}").values_list("action", flat=True)
        assert sorted(recorded) == sorted(
            [AuditAction.UPLOAD_RECEIVED, AuditAction.UPLOAD_SCANNING, AuditAction.UPLOAD_AVAILABLE]
        )


@pytest.mark.parametrize(("call", "moment"), [("read", "before"), ("delete", "before"), ("delete", "after")])
def test_a_virus_ends_rejected_with_nothing_left(
    app: MicroApp, store: ObjectStore, clamd_url: str, call: str, moment: str
) -> None:
    upload = arrive(app, store, EICAR, "text/plain")
    be_killed(upload, call, moment, clamd_url)
    ended = pipeline.scan_upload(store, engines(clamd_url), upload.tenant_id, upload.id)
    assert ended is not None
    assert ended.problem_code == "FILE_INFECTED"
    assert store.head(upload.quarantine_key) is None
    assert store.head(upload.file_key) is None
    assert bytes_used(app) == (0, 0)
