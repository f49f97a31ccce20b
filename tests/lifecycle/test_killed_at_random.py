"""Two hundred uploads, and a worker that is killed again and again at moments nobody chose."""

import datetime as dt
import os
import random
import signal
import uuid
from collections import Counter
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connections

from audit.models import AuditEvent
from kernel import clock
from lifecycle.reconcile import reconcile
from quotas.models import Quota
from scanning import pictures, pipeline
from scanning.engines.port import Engine
from storage.inventory import inventory
from storage.models import StoredFile, Upload
from storage.object_store import ObjectStore, S3ObjectStore, s3_client
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.lifecycle.judges import BAD, DOUBTFUL, GOOD, Judge
from tests.scanning import samples
from tests.scanning.world import arrive, bytes_used
from tests.scanning.world import new_app as _new_app

UPLOADS, LIVES = 200, 25
ENDS = {BAD: "rejected", DOUBTFUL: "held", GOOD: "available"}
SMALL = samples.picture("PNG", (8, 8))


class Doomed:
    """Storage whose caller is killed at its nth call, before or after it."""

    def __init__(self, store: ObjectStore, calls: int, *, after: bool) -> None:
        self._store, self._left, self._after = store, calls, after

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        def called(*arguments: Any, **options: Any) -> Any:
            self._left -= 1
            if self._left == 0 and not self._after:
                os.kill(os.getpid(), signal.SIGKILL)
            answer = method(*arguments, **options)
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        return called


def new_app() -> MicroApp:
    app = _new_app()
    with tenant_scope(app.tenant_id):
        Quota.objects.update(objects_limit=1_000)
    return app


def work(store: Any, engines: list[Engine], app: MicroApp, ids: list[uuid.UUID]) -> None:
    """What a worker does: scan, then thumbnails."""
    for upload_id in ids:
        upload = pipeline.scan_upload(store, engines, app.tenant_id, upload_id)
        if upload and upload.state == "available" and upload.content_type == "image/png":
            pictures.make_thumbnail(store, app.tenant_id, upload_id)


def be_killed(app: MicroApp, ids: list[uuid.UUID], chance: random.Random) -> None:
    """A worker's whole life in a process of its own, with connections of its own."""
    store = Doomed(S3ObjectStore(s3_client(), settings.S3_BUCKET), chance.randint(1, 40), after=chance.random() < 0.5)
    connections.close_all()
    if (pid := os.fork()) == 0:
        try:
            current_app._after_fork()
            work(store, [Judge()], app, ids)
        finally:
            os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def still_waiting(app: MicroApp) -> list[uuid.UUID]:
    with tenant_scope(app.tenant_id):
        return list(Upload.objects.filter(state__in=["received", "scanning"]).values_list("pk", flat=True))


def test_every_file_ends_in_exactly_one_right_state_and_usage_is_what_storage_holds(store: ObjectStore) -> None:
    chance, app = random.Random(20261123), new_app()
    wanted: dict[uuid.UUID, str] = {}
    for number in range(UPLOADS):
        kind = chance.choice((GOOD, GOOD, BAD, DOUBTFUL))
        is_picture = number % 20 == 0
        body = SMALL if is_picture else kind + bytes(chance.randint(1, 60))
        content_type, name = ("image/png", "a.png") if is_picture else ("text/plain", f"{number}.txt")
        wanted[arrive(app, store, body, content_type, name, ["judge"]).pk] = "available" if is_picture else ENDS[kind]
    for _ in range(LIVES):
        be_killed(app, chance.sample(sorted(wanted), len(wanted)), chance)
    work(store, [Judge()], app, still_waiting(app))
    work(store, [Judge()], app, list(wanted))
    assert_all_is_right(app, wanted, store)


def assert_all_is_right(app: MicroApp, wanted: dict[uuid.UUID, str], store: ObjectStore) -> None:
    with tenant_scope(app.tenant_id):
        assert dict(Upload.objects.values_list("pk", "state")) == wanted
        files = {stored.pk: stored for stored in StoredFile.objects.all()}
        held = sum(Upload.objects.filter(state="held").values_list("actual_size", flat=True))
        ends = AuditEvent.objects.filter(
            action__in=["storage:upload:available", "storage:upload:rejected", "storage:upload:held"]
        )
        assert set(Counter(ends.values_list("subject", flat=True)).values()) == {1}
        assert ends.count() == UPLOADS
    assert files.keys() == {file_id for file_id, state in wanted.items() if state == "available"}
    assert bytes_used(app) == (sum(stored.size for stored in files.values()) + held, 0)
    later = clock.now() + dt.timedelta(hours=2)
    report = reconcile(store, inventory(), app.tenant_id, repair=False, now=later)
    assert report.counts() == {}
    assert report.files == len(files)
