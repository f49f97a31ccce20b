"""The workers' jobs: three lines each, and patient."""

import datetime as dt
from collections.abc import Iterator

import pytest
from celery import current_app
from django.conf import settings
from django.core.cache import cache

from kernel import clock
from kernel.identifiers import new_id
from scanning import pipeline, progress, stalled, tasks
from scanning.checks import clamd_address_is_one
from scanning.engines.port import EngineUnavailableError
from scanning.engines.registry import engines
from storage.models import StoredFile, Upload
from storage.object_store import ObjectStore
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.scanning import samples
from tests.scanning.scanners import EICAR
from tests.scanning.world import arrive, file_of, new_app, now_of

PHOTO = samples.picture("JPEG", (800, 400))


@pytest.fixture(autouse=True)
def at_once(settings: object, clamd_url: str) -> Iterator[None]:
    """Jobs run where they are queued, without a worker and without waiting."""
    settings.CLAMD_URL = clamd_url  # type: ignore[attr-defined]
    before = current_app.conf.task_always_eager
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = before


def wait_long(upload: Upload) -> None:
    with tenant_scope(upload.tenant_id):
        Upload.objects.filter(pk=upload.pk).update(state_changed_at=clock.now() - dt.timedelta(minutes=10))


def test_one_job_files_a_photo_and_gives_it_a_thumbnail(app: MicroApp, store: ObjectStore) -> None:
    upload = arrive(app, store, PHOTO)
    tasks.scan_upload.delay(str(app.tenant_id), str(upload.id))
    stored = file_of(upload)
    assert stored is not None
    assert stored.has_thumbnail


def test_a_refused_file_gets_no_thumbnail_job(app: MicroApp, store: ObjectStore) -> None:
    upload = arrive(app, store, EICAR, "text/plain")
    tasks.scan_upload.delay(str(app.tenant_id), str(upload.id))
    assert now_of(upload).state == "rejected"


def test_a_job_for_another_tenants_upload_ends_quietly(app: MicroApp, store: ObjectStore) -> None:
    """Attack 6."""
    upload = arrive(app, store, PHOTO)
    for tenant_id, upload_id in ((new_app().tenant_id, upload.id), (new_id(), upload.id), (app.tenant_id, new_id())):
        assert tasks.scan_upload.delay(str(tenant_id), str(upload_id)).successful()
        assert tasks.make_thumbnail.delay(str(tenant_id), str(upload_id)).successful()
    assert now_of(upload).state == "received"


def test_without_a_scanner_the_job_gives_up_and_the_file_waits(
    app: MicroApp, store: ObjectStore, settings: object
) -> None:
    settings.CLAMD_URL = ""  # type: ignore[attr-defined]
    upload = arrive(app, store, PHOTO)
    ended = tasks.scan_upload.apply((str(app.tenant_id), str(upload.id)))
    assert isinstance(ended.result, EngineUnavailableError)
    assert now_of(upload).state == "scanning"


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("state", ["received", "scanning"])
def test_a_round_resumes_what_waits_too_long(app: MicroApp, store: ObjectStore, state: str) -> None:
    upload = arrive(app, store, PHOTO)
    with tenant_scope(app.tenant_id):
        Upload.objects.filter(pk=upload.pk).update(state=state)
    wait_long(upload)
    tasks.resume_stalled()
    assert now_of(upload).state == "available"


def test_a_round_leaves_alone_what_has_just_begun_or_has_ended(app: MicroApp, store: ObjectStore) -> None:
    fresh, ended = arrive(app, store, PHOTO), arrive(app, store, PHOTO)
    tasks.scan_upload.delay(str(app.tenant_id), str(ended.id))
    wait_long(ended)
    assert stalled.to_resume(app.tenant_id) == []
    assert now_of(fresh).state == "received"


def test_the_next_round_does_not_queue_the_same_upload_again(app: MicroApp, store: ObjectStore) -> None:
    upload = arrive(app, store, PHOTO)
    wait_long(upload)
    assert stalled.to_resume(app.tenant_id) == [upload.id]
    assert stalled.to_resume(app.tenant_id) == []
    cache.delete(f"scan-resumed:{upload.id}")
    assert stalled.to_resume(app.tenant_id) == [upload.id]


def test_a_round_leaves_alone_what_a_worker_has_in_its_hands(app: MicroApp, store: ObjectStore) -> None:
    """A file of two gigabytes takes longer than the round waits."""
    upload = arrive(app, store, PHOTO)
    wait_long(upload)
    with progress.in_hand(upload.id):
        assert stalled.to_resume(app.tenant_id) == []
    assert stalled.to_resume(app.tenant_id) == [upload.id]


def test_a_worker_that_renews_nothing_is_followed_by_another_within_the_waiting_time() -> None:
    upload_id = new_id()
    progress.Lease(upload_id).step("malware")
    assert progress.step_of(upload_id) == "malware"
    left = cache._cache.get_client().ttl(cache.make_key(f"scan-in-hand:{upload_id}"))  # type: ignore[attr-defined]
    assert 0 < left <= progress.LEASE_SECONDS < settings.SCAN_STALLED_AFTER_SECONDS


def test_no_task_outlives_the_moment_when_the_queue_hands_it_on() -> None:
    handed_on = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert current_app.conf.task_time_limit < handed_on


def test_a_round_for_one_tenant_names_no_other_tenants_uploads(app: MicroApp, store: ObjectStore) -> None:
    wait_long(arrive(app, store, PHOTO))
    assert stalled.to_resume(new_app().tenant_id) == []


def filed_without_thumbnail(app: MicroApp, store: ObjectStore, body: bytes) -> StoredFile:
    """A picture whose thumbnail's job was lost ten minutes ago."""
    upload = arrive(app, store, body)
    pipeline.scan_upload(store, engines(settings.CLAMD_URL), app.tenant_id, upload.id)
    stored = file_of(upload)
    assert stored is not None
    with tenant_scope(app.tenant_id):
        StoredFile.objects.filter(pk=stored.pk).update(created_at=clock.now() - dt.timedelta(minutes=10))
    return stored


@pytest.mark.usefixtures("alone")
def test_a_round_makes_up_for_a_lost_thumbnail(app: MicroApp, store: ObjectStore) -> None:
    stored = filed_without_thumbnail(app, store, PHOTO)
    tasks.resume_stalled()
    with tenant_scope(app.tenant_id):
        assert StoredFile.objects.get(pk=stored.pk).has_thumbnail
    assert stalled.without_thumbnail(app.tenant_id) == []


def test_a_picture_that_gives_no_thumbnail_is_tried_once_more_and_then_left(app: MicroApp, store: ObjectStore) -> None:
    stored = filed_without_thumbnail(app, store, samples.UNDRAWABLE)
    assert stalled.without_thumbnail(app.tenant_id) == [stored.id]
    assert stalled.without_thumbnail(app.tenant_id) == []


def test_jobs_survive_their_worker() -> None:
    for job in (tasks.scan_upload, tasks.make_thumbnail):
        assert job.acks_late
        assert job.reject_on_worker_lost


@pytest.mark.parametrize(
    ("url", "errors"), [("", 0), ("tcp://127.0.0.1:3310", 0), ("unix:///run/s", 0), ("localhost", 1)]
)
def test_an_address_that_is_none_is_told_by_the_system_check(settings: object, url: str, errors: int) -> None:
    settings.CLAMD_URL = url  # type: ignore[attr-defined]
    assert len(clamd_address_is_one()) == errors
