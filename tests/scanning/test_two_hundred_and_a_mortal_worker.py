"""Two hundred uploads and a worker that is killed at moments that nobody chose: each file has one right end."""

import os
import subprocess
import sys
from collections import Counter

from django.conf import settings

from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel.object_keys import Area
from quotas.models import Quota
from storage.models import StoredFile, Upload
from storage.object_store import ObjectStore, s3_client
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.scanning import samples
from tests.scanning.scanners import EICAR
from tests.scanning.test_killed_while_scanning import database_url
from tests.scanning.world import arrive, bytes_used

UPLOADS = 200
PHOTO = samples.picture("JPEG", (120, 80))
CARDS = b"Visa 4111 1111 1111 1111\n"
BOTH, SEARCHED = ("content_type", "malware"), ("content_type", "malware", "personal_data")
KINDS = (
    [(PHOTO, "image/jpeg", BOTH, "available")] * 14
    + [(EICAR, "text/plain", BOTH, "rejected"), (PHOTO[:900], "image/jpeg", BOTH, "rejected")] * 2
    + [(samples.WEB_PAGE, "image/jpeg", BOTH, "rejected"), (CARDS, "text/plain", SEARCHED, "held")]
)
ACTIONS = {
    "available": AuditAction.UPLOAD_AVAILABLE,
    "rejected": AuditAction.UPLOAD_REJECTED,
    "held": AuditAction.UPLOAD_HELD,
}


def live_and_die(app: MicroApp, uploads: list[Upload], clamd_url: str) -> int:
    """How many of the worker's lives ended before its work did."""
    environment = {
        **os.environ,
        "PYTHONPATH": ":".join(path for path in sys.path if path),
        "DATABASE_URL": database_url(),
        "CLAMD_URL": clamd_url,
    }
    ended = subprocess.run(
        [sys.executable, "-m", "tests.scanning.mortal", str(app.tenant_id)],
        input="".join(f"{upload.id}\n" for upload in uploads),
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return int(ended.stdout)


def stored_bytes(app: MicroApp, area: Area) -> int:
    pages = (
        s3_client()
        .get_paginator("list_objects_v2")
        .paginate(Bucket=settings.S3_BUCKET, Prefix=f"{app.tenant_id}/{app.id}/{area.value}/")
    )
    return sum(each["Size"] for page in pages for each in page.get("Contents", ()))


def test_every_file_ends_in_its_one_right_state(app: MicroApp, store: ObjectStore, clamd_url: str) -> None:
    with tenant_scope(app.tenant_id):
        Quota.objects.update(objects_limit=2 * UPLOADS)
    expected = {}
    for number in range(UPLOADS):
        body, content_type, names, end = KINDS[number % len(KINDS)]
        expected[arrive(app, store, body, content_type, f"{number}.jpg", names)] = end
    assert live_and_die(app, list(expected), clamd_url) >= 8
    with tenant_scope(app.tenant_id):
        states = dict(Upload.objects.values_list("id", "state"))
        recorded = Counter(AuditEvent.objects.values_list("subject", "action"))
        filed = set(StoredFile.objects.values_list("id", flat=True))
    assert states == {upload.id: end for upload, end in expected.items()}
    assert filed == {upload.id for upload, end in expected.items() if end == "available"}
    for upload, end in expected.items():
        of_it = {action: count for (subject, action), count in recorded.items() if subject == f"upload:{upload.id}"}
        assert of_it == {AuditAction.UPLOAD_RECEIVED: 1, AuditAction.UPLOAD_SCANNING: 1, ACTIONS[end]: 1}
    files, waiting = stored_bytes(app, Area.FILES), stored_bytes(app, Area.QUARANTINE)
    assert bytes_used(app) == (files + waiting, 0)
    assert waiting == sum(end == "held" for end in expected.values()) * len(CARDS)
