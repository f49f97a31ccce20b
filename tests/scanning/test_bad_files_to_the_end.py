"""Bad files on their whole way: the state, the words, the record and the evidence; nothing of them can be opened."""

import resource
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel.errors import CATALOGUE
from notices.models import Notice
from scanning import pipeline, verdicts
from scanning.engines.port import EngineUnavailableError
from scanning.engines.registry import engines
from storage.models import Upload
from storage.object_store import ObjectStore
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import Person, new_person
from tests.scanning import corpus, samples
from tests.scanning.making import Case
from tests.scanning.scanners import OwnClamd
from tests.scanning.world import arrive, bytes_used, file_of, now_of

ALL = ("content_type", "malware", "personal_data", "secrets")
VIRUS = "contains a virus. It is locked away and nobody can open it."
PACKED = "can't be unpacked safely: it "
OTHER = "does not look like {} inside. It was not stored."
WAITS = "It waits until the workspace's owner decides."
WORDS = {
    "EICAR plain": VIRUS,
    "EICAR in a ZIP": VIRUS,
    "EICAR in a ZIP in a ZIP": VIRUS,
    "EICAR in a Word document": VIRUS,
    "ZIP bomb": PACKED + "unfolds to more than 200 times its size. It was not stored.",
    "ZIP with 100,000 entries": PACKED + "holds more than",
    "GIF that is a web page": OTHER.format("a GIF picture"),
    "GIF with a page behind it": OTHER.format("a GIF picture"),
    "SVG with a script": OTHER.format("an SVG drawing"),
    "PNG of 30,000 by 30,000": "unfolds to 900 million pixels.",
    "JPEG cut off": "is damaged or cut off. It was not stored.",
    "encrypted ZIP": "is locked with a password, so it can't be checked. " + WAITS,
    "encrypted PDF": "is locked with a password, so it can't be checked. " + WAITS,
    "cards in a PDF": "seems to hold personal data. " + WAITS,
}
CASES = {case.label: case for case in corpus.EVIL}


def scan(upload: Upload, store: ObjectStore, clamd_url: str) -> Upload:
    ended = pipeline.scan_upload(store, engines(clamd_url), upload.tenant_id, upload.id)
    assert ended is not None
    return ended


def last_event(upload: Upload) -> AuditEvent:
    with tenant_scope(upload.tenant_id):
        found: AuditEvent | None = AuditEvent.objects.filter(subject=f"upload:{upload.id}").order_by("id").last()
    assert found is not None
    return found


def words_of(upload: Upload) -> str:
    return CATALOGUE[upload.problem_code].words_for(upload.problem_facts)


def told_of(upload: Upload) -> list[str]:
    with tenant_scope(upload.tenant_id):
        return list(Notice.objects.filter(key=str(upload.id)).values_list("kind", flat=True))


@pytest.mark.parametrize("label", WORDS)
def test_a_bad_file_ends_in_the_right_state_words_and_record(
    app: MicroApp, store: ObjectStore, clamd_url: str, label: str
) -> None:
    case: Case = CASES[label]
    upload = arrive(app, store, case.make(), case.content_type, "Report 7", ALL)
    ended = scan(upload, store, clamd_url)
    assert (ended.state, ended.problem_code) == (case.outcome, case.code)
    assert words_of(ended).startswith("Report 7 ")
    assert WORDS[label] in words_of(ended)
    is_held = case.outcome == "held"
    assert last_event(upload).action == (AuditAction.UPLOAD_HELD if is_held else AuditAction.UPLOAD_REJECTED)
    assert told_of(upload) == ["file.held" if is_held else "file.rejected"]
    assert file_of(upload) is None
    assert store.head(upload.file_key) is None
    assert (store.head(upload.quarantine_key) is not None) == is_held
    assert bytes_used(app) == ((upload.actual_size or 0) if is_held else 0, 0)
    with tenant_scope(app.tenant_id):
        assert verdicts.of(upload.id).exclude(outcome="clean").first() is not None


@pytest.fixture
def person(transactional_db: None, bucket: None) -> Person:
    return new_person()


@pytest.mark.parametrize("label", ["EICAR plain", "encrypted ZIP", None])
def test_nobody_gets_a_link_to_what_was_refused_waits_or_is_not_checked_yet(
    person: Person, store: ObjectStore, clamd_url: str, label: str | None
) -> None:
    body, content_type = (CASES[label].make(), CASES[label].content_type) if label else (corpus.JPEG, "image/jpeg")
    upload = arrive(person.app, store, body, content_type, engines=ALL)
    if label:
        scan(upload, store, clamd_url)
    answer = person.call("post", f"/files/{upload.id}/signed-url", {})
    assert answer.status_code >= 400
    assert "X-Amz-Signature" not in answer.content.decode()
    assert str(upload.id) not in person.call("get", "/files").content.decode()


def test_an_empty_file_is_refused_before_it_is_sent(person: Person) -> None:
    answer = person.start(size=0)
    assert (answer.status_code, answer.json()["code"]) == (422, "FILE_EMPTY")


def test_a_file_too_large_for_the_scanner_waits_and_is_never_called_clean(
    app: MicroApp, store: ObjectStore, tmp_path: Path
) -> None:
    """In small what two gigabytes are for a real one: clamd stops reading at its limit."""
    own = OwnClamd(tmp_path, StreamMaxLength="1M")
    own.start()
    try:
        upload = arrive(app, store, bytes(2_000_000), "application/octet-stream", "large.bin", ("malware",))
        with pytest.raises(EngineUnavailableError, match="StreamMaxLength"):
            scan(upload, store, own.url)
    finally:
        own.kill()
    assert now_of(upload).state == "scanning"
    assert file_of(upload) is None


@contextmanager
def full_disk(takes_bytes: int) -> Iterator[None]:
    """The kernel takes no more of any file than this."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (takes_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_on_a_full_disk_an_archive_waits_and_is_checked_later(
    app: MicroApp, store: ObjectStore, clamd_url: str
) -> None:
    body = samples.zipped({"a.jpg": corpus.JPEG})
    upload = arrive(app, store, body, "application/zip", "a.zip", ALL)
    with full_disk(1000), pytest.raises(EngineUnavailableError, match="disk"):
        scan(upload, store, clamd_url)
    assert now_of(upload).state == "scanning"
    assert file_of(upload) is None
    assert last_event(upload).action == AuditAction.UPLOAD_SCANNING
    assert scan(upload, store, clamd_url).state == "available"


def test_a_worker_without_a_place_for_files_lets_them_wait(
    app: MicroApp, store: ObjectStore, clamd_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = arrive(app, store, samples.zipped({"a.jpg": corpus.JPEG}), "application/zip", "a.zip", ALL)
    monkeypatch.setattr("tempfile.tempdir", f"/nowhere/{uuid.uuid4()}")
    with pytest.raises(EngineUnavailableError, match="disk"):
        scan(upload, store, clamd_url)
    assert now_of(upload).state == "scanning"
