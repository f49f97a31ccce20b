"""Pictures on their way to being files: smaller where wished, bare where promised, refused where they are bombs."""

import pytest

from audit.models import AuditEvent
from notices.models import Notice
from scanning import media_process, pipeline
from scanning.engines.registry import engines
from scanning.media import EDGE_PIXELS
from scanning.media_process import NoDecodingError
from storage.handling import Handling
from storage.models import StoredFile, Upload
from storage.object_store import ObjectStore
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.media import photographs
from tests.media.photographs import opened, told
from tests.scanning import samples
from tests.scanning.world import arrive, bytes_used, file_of, now_of

LARGE = photographs.jpeg(picture=photographs.noise((3200, 1600)), quality=90)
SMALLER, BARE = Handling(smaller_pictures=True), Handling(bare_pictures=True)


def scanned(
    app: MicroApp, store: ObjectStore, clamd_url: str, body: bytes, wishes: Handling, content_type: str = "image/jpeg"
) -> Upload:
    upload = arrive(app, store, body, content_type)
    with tenant_scope(app.tenant_id):
        Upload.objects.filter(pk=upload.pk).update(handling=wishes.to_keep())
    for _ in range(2):
        pipeline.scan_upload(store, engines(clamd_url), app.tenant_id, upload.id)
    return now_of(upload)


def stored(upload: Upload, store: ObjectStore) -> tuple[StoredFile, bytes]:
    filed = file_of(upload)
    assert filed is not None, upload.problem_code
    return filed, b"".join(store.read(filed.key(), filed.etag))


def test_a_large_photo_takes_less_room_and_usage_is_what_storage_holds(
    app: MicroApp, store: ObjectStore, clamd_url: str
) -> None:
    upload = scanned(app, store, clamd_url, LARGE, SMALLER)
    filed, body = stored(upload, store)
    assert opened(body).size == (EDGE_PIXELS, EDGE_PIXELS // 2)
    assert len(body) < len(LARGE) * 0.9
    assert filed.size == len(body)
    assert bytes_used(app) == (len(body), 0)
    facts = store.head(filed.key())
    assert facts is not None
    assert (facts.size, facts.content_type, facts.encryption) == (len(body), "image/jpeg", "AES256")
    assert facts.metadata["gatehouse-upload"] == str(upload.id)
    assert store.head(upload.quarantine_key) is None


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (photographs.jpeg(), "image/jpeg"),
        (photographs.gif(), "image/gif"),
        (samples.PDF, "application/pdf"),
        (photographs.spoiled_png(), "image/png"),
    ],
    ids=["small enough", "moving", "no picture", "unreadable"],
)
def test_what_can_not_be_made_smaller_stays_byte_by_byte(
    app: MicroApp, store: ObjectStore, clamd_url: str, body: bytes, content_type: str
) -> None:
    filed, kept = stored(scanned(app, store, clamd_url, body, SMALLER, content_type), store)
    assert kept == body
    assert bytes_used(app) == (filed.size, 0) == (len(body), 0)


def test_a_photo_made_smaller_keeps_its_notes_and_stands_upright(
    app: MicroApp, store: ObjectStore, clamd_url: str
) -> None:
    sideways = photographs.jpeg(6, picture=photographs.noise((3000, 1500)), quality=90)
    _, body = stored(scanned(app, store, clamd_url, sideways, SMALLER), store)
    assert opened(body).size == (EDGE_PIXELS // 2, EDGE_PIXELS)
    assert photographs.ORIENTATION not in opened(body).getexif()
    assert b"Canon of Somebody" in body


@pytest.mark.parametrize("wishes", [BARE, Handling(smaller_pictures=True, bare_pictures=True)])
@pytest.mark.parametrize(
    ("body", "content_type"),
    [(photographs.jpeg(), "image/jpeg"), (photographs.png(), "image/png"), (photographs.webp(), "image/webp")],
)
def test_where_notes_must_go_no_stored_byte_tells_them(
    app: MicroApp, store: ObjectStore, clamd_url: str, body: bytes, content_type: str, wishes: Handling
) -> None:
    upload = arrive(app, store, body, content_type)
    with tenant_scope(app.tenant_id):
        Upload.objects.filter(pk=upload.pk).update(handling=wishes.to_keep(), engines=["malware"])
    pipeline.scan_upload(store, engines(clamd_url), app.tenant_id, upload.id)
    filed, kept = stored(now_of(upload), store)
    assert told(kept) == []
    assert bytes_used(app) == (filed.size, 0) == (len(kept), 0)


def test_a_photo_that_is_made_smaller_is_bare_too_where_that_was_promised(
    app: MicroApp, store: ObjectStore, clamd_url: str
) -> None:
    both = Handling(smaller_pictures=True, bare_pictures=True)
    _, kept = stored(scanned(app, store, clamd_url, LARGE, both), store)
    assert told(kept) == []
    assert opened(kept).size == (EDGE_PIXELS, EDGE_PIXELS // 2)


CUT_OFF = samples.picture("JPEG", (800, 600))[:-3000]


@pytest.mark.parametrize(
    ("body", "content_type", "wishes"),
    [
        (CUT_OFF, "image/jpeg", Handling()),
        (CUT_OFF, "image/jpeg", BARE),
        (photographs.spoiled_png(), "image/png", BARE),
    ],
    ids=["cut off", "cut off where notes must go", "unreadable where notes must go"],
)
def test_a_damaged_picture_is_refused_as_damaged(
    app: MicroApp, store: ObjectStore, clamd_url: str, body: bytes, content_type: str, wishes: Handling
) -> None:
    upload = scanned(app, store, clamd_url, body, wishes, content_type)
    assert (upload.state, upload.problem_code) == ("rejected", "FILE_DAMAGED")
    assert store.head(upload.file_key) is None
    assert bytes_used(app) == (0, 0)


def test_a_picture_that_unfolds_to_gigabytes_is_refused_in_words(
    app: MicroApp, store: ObjectStore, clamd_url: str
) -> None:
    bomb = samples.png_of_nothing(30_000, 30_000)
    upload = scanned(app, store, clamd_url, bomb, Handling(), "image/png")
    assert (upload.state, upload.problem_code) == ("rejected", "PICTURE_TOO_LARGE")
    assert (upload.problem_facts["pixels"], upload.problem_facts["limit"]) == ("900", "100")
    assert store.head(upload.file_key) is store.head(upload.quarantine_key) is None
    assert bytes_used(app) == (0, 0)
    with tenant_scope(app.tenant_id):
        recorded = AuditEvent.objects.filter(subject=f"upload:{upload.id}").order_by("id").values_list("action")
        assert [action for (action,) in recorded][-1] == "storage:upload:rejected"
        assert Notice.objects.get().kind == "file.rejected"


def test_on_a_full_disk_the_file_waits_and_is_treated_later(
    app: MicroApp, store: ObjectStore, clamd_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = arrive(app, store, LARGE)
    with tenant_scope(app.tenant_id):
        Upload.objects.filter(pk=upload.pk).update(handling=BARE.to_keep())

    def full() -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(media_process.tempfile, "TemporaryFile", full)
        with pytest.raises(NoDecodingError):
            pipeline.scan_upload(store, engines(clamd_url), app.tenant_id, upload.id)
    assert now_of(upload).state == "scanning"
    pipeline.scan_upload(store, engines(clamd_url), app.tenant_id, upload.id)
    assert told(stored(now_of(upload), store)[1]) == []
