"""From received to available or rejected, with real storage, a real database and a real scanner."""

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel.errors import STORAGE_UNAVAILABLE, Problem
from kernel.identifiers import new_id
from kernel.object_keys import Area
from scanning import pipeline
from scanning.engines.port import Clean, EngineUnavailableError, Source, Verdict, Version
from scanning.engines.registry import engines
from scanning.models import ScanVerdict
from storage import transitions
from storage.grants import object_tags
from storage.models import Upload
from storage.object_store import ObjectStore
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.scanning import samples
from tests.scanning.scanners import EICAR, OwnClamd
from tests.scanning.world import arrive, bytes_used, file_of, new_app, now_of

PHOTO = samples.picture("JPEG", (300, 200))


def scan(upload: Upload, store: ObjectStore, clamd_url: str) -> Upload:
    ended = pipeline.scan_upload(store, engines(clamd_url), upload.tenant_id, upload.id)
    assert ended is not None
    return ended


def events(upload: Upload) -> list[str]:
    with tenant_scope(upload.tenant_id):
        found = AuditEvent.objects.filter(subject=f"upload:{upload.id}").order_by("id")
        return list(found.values_list("action", flat=True))


def outcomes(upload: Upload) -> dict[str, str]:
    with tenant_scope(upload.tenant_id):
        return dict(ScanVerdict.objects.filter(upload_id=upload.id).values_list("engine", "outcome"))


def objects_of(upload: Upload, store: ObjectStore) -> set[Area]:
    """The areas where something stands under the upload's id."""
    keys = {Area.QUARANTINE: upload.quarantine_key, Area.FILES: upload.file_key}
    return {area for area, key in keys.items() if store.head(key) is not None}


def test_a_clean_photo_becomes_a_file(app: MicroApp, store: ObjectStore, clamd_url: str) -> None:
    upload = arrive(app, store, PHOTO)
    assert scan(upload, store, clamd_url).state == "available"
    stored = file_of(upload)
    assert stored is not None
    assert b"".join(store.read(stored.key(), stored.etag)) == PHOTO
    assert objects_of(upload, store) == {Area.FILES}
    assert outcomes(upload) == {"content_type": "clean", "structure": "clean", "rules": "clean", "malware": "clean"}
    assert events(upload) == [
        AuditAction.UPLOAD_RECEIVED,
        AuditAction.UPLOAD_SCANNING,
        AuditAction.UPLOAD_AVAILABLE,
    ]
    assert bytes_used(app) == (len(PHOTO), 0)


def test_verdicts_tell_which_rules_were_asked(app: MicroApp, store: ObjectStore, clamd_url: str) -> None:
    upload = scan(arrive(app, store, PHOTO), store, clamd_url)
    with tenant_scope(app.tenant_id):
        versions = dict(ScanVerdict.objects.filter(upload=upload).values_list("engine", "engine_version"))
    assert versions["malware"].startswith("ClamAV ")
    assert versions["content_type"].startswith("libmagic ")


def test_eicar_is_rejected_and_nothing_of_it_is_left(app: MicroApp, store: ObjectStore, clamd_url: str) -> None:
    upload = arrive(app, store, EICAR, "text/plain", "Invoice.txt")
    ended = scan(upload, store, clamd_url)
    assert (ended.state, ended.problem_code) == ("rejected", "FILE_INFECTED")
    assert ended.problem_facts["name"] == "Invoice.txt"
    assert file_of(upload) is None
    assert objects_of(upload, store) == set()
    assert outcomes(upload)["malware"] == "rejected"
    assert events(upload)[-1] == AuditAction.UPLOAD_REJECTED
    assert bytes_used(app) == (0, 0)


def test_a_file_that_is_not_what_it_says_is_rejected(app: MicroApp, store: ObjectStore, clamd_url: str) -> None:
    upload = arrive(app, store, samples.WEB_PAGE)
    ended = scan(upload, store, clamd_url)
    assert (ended.state, ended.problem_code) == ("rejected", "FILE_CONTENT_MISMATCH")
    assert ended.problem_facts == {"name": "holiday.jpg", "type": "a JPG photo"}
    assert outcomes(upload) == {"content_type": "rejected"}


def test_scanning_again_changes_nothing(app: MicroApp, store: ObjectStore, clamd_url: str) -> None:
    for body, end in ((PHOTO, "available"), (samples.WEB_PAGE, "rejected")):
        upload = arrive(app, store, body)
        first = scan(upload, store, clamd_url)
        known = events(upload)
        again = scan(upload, store, clamd_url)
        assert (first.state, again.state) == (end, end)
        assert events(upload) == known
    assert bytes_used(app) == (len(PHOTO), 0)


def test_eight_workers_at_once_make_one_file(app: MicroApp, store: ObjectStore, clamd_url: str) -> None:
    upload = arrive(app, store, PHOTO)
    ends: list[str] = []

    def work() -> None:
        try:
            ends.append(scan(upload, store, clamd_url).state)
        except Problem as problem:  # the object was gone already: this worker's next attempt finds the end
            assert problem.type is STORAGE_UNAVAILABLE
            ends.append(scan(upload, store, clamd_url).state)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert ends == ["available"] * 8
    assert events(upload).count(AuditAction.UPLOAD_AVAILABLE) == 1
    assert objects_of(upload, store) == {Area.FILES}
    stored = file_of(upload)
    assert stored is not None
    assert b"".join(store.read(stored.key(), stored.etag)) == PHOTO
    assert bytes_used(app) == (len(PHOTO), 0)


@pytest.fixture
def own_clamd(tmp_path: Path) -> Iterator[OwnClamd]:
    own = OwnClamd(tmp_path)
    own.start()
    yield own
    own.kill()


def test_while_the_scanner_is_down_a_file_waits_and_afterwards_it_goes_on(
    app: MicroApp, store: ObjectStore, own_clamd: OwnClamd
) -> None:
    own_clamd.kill()
    upload = arrive(app, store, PHOTO)
    with pytest.raises(EngineUnavailableError):
        scan(upload, store, own_clamd.url)
    assert now_of(upload).state == "scanning"
    assert file_of(upload) is None
    own_clamd.start()
    assert scan(upload, store, own_clamd.url).state == "available"


@pytest.mark.parametrize("names", [[], ["content_type", "an engine that is not installed"]])
def test_no_engine_is_skipped_because_it_is_not_there(
    app: MicroApp, store: ObjectStore, clamd_url: str, names: list[str]
) -> None:
    upload = arrive(app, store, PHOTO, engines=names)
    with pytest.raises(EngineUnavailableError):
        scan(upload, store, clamd_url)
    assert now_of(upload).state == "scanning"


def test_without_storage_a_file_waits(app: MicroApp, store: ObjectStore, clamd_url: str) -> None:
    upload = arrive(app, store, PHOTO)
    store.delete(upload.quarantine_key)
    with pytest.raises(Problem) as raised:
        scan(upload, store, clamd_url)
    assert raised.value.type is STORAGE_UNAVAILABLE
    assert now_of(upload).state == "scanning"


def test_an_object_that_stays_away_for_an_hour_ends_the_upload(
    app: MicroApp, store: ObjectStore, clamd_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = arrive(app, store, PHOTO)
    store.delete(upload.quarantine_key)
    monkeypatch.setattr(pipeline, "GIVEN_UP_AFTER", -pipeline.GIVEN_UP_AFTER)
    ended = scan(upload, store, clamd_url)
    assert (ended.state, ended.problem_code) == ("rejected", "UPLOAD_ALTERED")
    assert bytes_used(app) == (0, 0)


def test_bytes_swapped_after_completion_are_refused(app: MicroApp, store: ObjectStore, clamd_url: str) -> None:
    """Attack 25."""
    upload = arrive(app, store, PHOTO)
    store.put(
        upload.quarantine_key, samples.picture("JPEG", (30, 20)), "image/jpeg", object_tags(upload), encryption_key=""
    )
    ended = scan(upload, store, clamd_url)
    assert (ended.state, ended.problem_code) == ("rejected", "UPLOAD_ALTERED")
    assert objects_of(upload, store) == set()


# Two files of one MD5 sum: the single-block collision that Marc Stevens published in 2012. Two bits differ.
TWINS = tuple(
    bytes.fromhex(
        "4dc968ff0ee35c209572d4777b721587d36fa7b21bdc56b74a3dc0783e7b9518"
        f"afbfa2{one}a8284bf36e8e4b55b35f427593d849676da0d1{other}5d8360fb5f07fea2"
    )
    for one, other in (("00", "55"), ("02", "d5"))
)


def test_the_twins_are_twins() -> None:
    first, second = TWINS
    assert first != second
    assert hashlib.md5(first).digest() == hashlib.md5(second).digest()


class Meddler:
    """An engine during whose work the client sends a twin over the file that is being scanned."""

    name = check = "content_type"

    def __init__(self, store: ObjectStore, upload: Upload, twin: bytes) -> None:
        self._store, self._upload, self._twin = store, upload, twin
        self.etag_of_twin = ""

    def version(self) -> Version:
        return Version("1")

    def examine(self, source: Source) -> Verdict:
        for _ in source.chunks():
            pass
        self._store.put(
            self._upload.quarantine_key, self._twin, "text/plain", object_tags(self._upload), encryption_key=""
        )
        facts = self._store.head(self._upload.quarantine_key)
        self.etag_of_twin = facts.etag if facts else ""
        return Clean()


def test_a_twin_of_the_same_md5_sum_sent_after_the_scan_is_refused(app: MicroApp, store: ObjectStore) -> None:
    """An ETag is an MD5 sum, and collisions of it are bought by the dozen: the pin alone would let this pass."""
    upload = arrive(app, store, TWINS[0], "text/plain", engines=["content_type"])
    meddler = Meddler(store, upload, TWINS[1])
    ended = pipeline.scan_upload(store, [meddler], upload.tenant_id, upload.id)
    assert meddler.etag_of_twin == upload.etag
    assert ended is not None
    assert (ended.state, ended.problem_code) == ("rejected", "UPLOAD_ALTERED")
    assert objects_of(upload, store) == set()


def test_engines_that_see_different_bytes_do_not_make_a_clean_file(app: MicroApp, store: ObjectStore) -> None:
    upload = arrive(app, store, TWINS[0], "text/plain", engines=["content_type", "second"])
    first, second = Meddler(store, upload, TWINS[1]), Meddler(store, upload, TWINS[1])
    second.name = second.check = "second"
    ended = pipeline.scan_upload(store, [first, second], upload.tenant_id, upload.id)
    assert ended is not None
    assert ended.problem_code == "UPLOAD_ALTERED"


def test_another_tenants_upload_is_not_there(app: MicroApp, store: ObjectStore, clamd_url: str) -> None:
    """Attack 6."""
    upload, stranger = arrive(app, store, PHOTO), new_app()
    assert pipeline.scan_upload(store, engines(clamd_url), stranger.tenant_id, upload.id) is None
    assert pipeline.scan_upload(store, engines(clamd_url), app.tenant_id, new_id()) is None
    assert now_of(upload).state == "received"


def test_an_upload_that_was_aborted_is_left_alone(app: MicroApp, store: ObjectStore, clamd_url: str) -> None:
    upload = arrive(app, store, PHOTO)
    with tenant_scope(app.tenant_id):
        Upload.objects.filter(pk=upload.pk).update(state="started")
        transitions.abort(upload.id, actor="user:test")
    assert scan(upload, store, clamd_url).state == "aborted"
    assert file_of(upload) is None


def test_a_deleted_file_does_not_come_back_when_its_task_does(
    app: MicroApp, store: ObjectStore, clamd_url: str
) -> None:
    """Attack 73: a task delivered late."""
    upload = arrive(app, store, PHOTO)
    scan(upload, store, clamd_url)
    stored = file_of(upload)
    assert stored is not None
    with tenant_scope(app.tenant_id):
        stored.delete()
    scan(upload, store, clamd_url)
    assert file_of(upload) is None
