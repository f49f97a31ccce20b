"""What must stay is kept by storage too, on a real server: until its day nobody destroys it, and then it goes."""

import datetime as dt
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError

from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel import clock
from lifecycle import archiving, keeping, tasks
from lifecycle.deletion import delete_due
from lifecycle.findings import Kind
from lifecycle.preview import preview
from lifecycle.reconcile import reconcile
from operations import health
from policy.shape import LabelTerms
from scanning import tasks as scanning_tasks
from storage.archive import TAG
from storage.inventory import inventory
from storage.models import Keeping, StoredFile, Upload
from storage.object_lock import RetentionNotKeptError, S3ObjectLock
from storage.object_store import ObjectStore, s3_client
from storage.object_versions import ObjectVersions, Retention
from storage.retention import count_waiting, keep_file, keep_files
from tenancy.models import MicroApp, Workspace, WorkspaceKind
from tenancy.scoping import tenant_scope
from tests.lifecycle.conftest import filed
from tests.scanning.world import arrive, bytes_used

PAPER = {"classification": "internal", "kind": "paper"}


@pytest.fixture
def lock(locked_store: ObjectStore, settings: Any) -> S3ObjectLock:
    return S3ObjectLock(s3_client(), settings.S3_BUCKET)


@pytest.fixture
def kept(app: MicroApp, locked_store: ObjectStore) -> StoredFile:
    """A paper of an app that keeps papers for 100 days, and other files for none."""
    with tenant_scope(app.tenant_id):
        terms = msgspec.to_builtins([LabelTerms(kind="paper", minimum_days=100)])
        Keeping.objects.create(tenant_id=app.tenant_id, app=app, delete_after_days=30, longest_days=30, terms=terms)
    stored = filed(app, locked_store)
    return changed(stored, labels=PAPER, retained_until=stored.created_at + dt.timedelta(days=100))


def changed(stored: StoredFile, **values: Any) -> StoredFile:
    with tenant_scope(stored.tenant_id):
        StoredFile.objects.filter(pk=stored.pk).update(**values)
        now: StoredFile = StoredFile.objects.select_related("app").get(pk=stored.pk)
    return now


def shown(settings: Any, stored: StoredFile) -> list[Retention | None]:
    """What storage tells of each version."""
    versions = ObjectVersions(s3_client(), settings.S3_BUCKET)
    return [versions.retention(version) for version in versions.of(str(stored.key())) if not version.is_mark]


def destroy(settings: Any, stored: StoredFile, **bypass: bool) -> None:
    """By somebody with storage's own keys."""
    for version in ObjectVersions(s3_client(), settings.S3_BUCKET).of(str(stored.key())):
        name = {"Bucket": settings.S3_BUCKET, "Key": version.key, "VersionId": version.version_id}
        s3_client().delete_object(**name, **bypass)


def make_due(stored: StoredFile) -> None:
    changed(stored, delete_at=stored.created_at)


def test_what_must_stay_cannot_be_destroyed_with_storages_own_keys(
    kept: StoredFile, lock: S3ObjectLock, locked_store: ObjectStore, settings: Any
) -> None:
    assert keep_files(lock, kept.tenant_id) == 1
    (told,) = shown(settings, kept)
    assert told is not None
    assert kept.retained_until is not None
    assert (told.mode, 0 <= (told.until - kept.retained_until).total_seconds() <= 1) == ("GOVERNANCE", True)
    assert changed(kept).kept_until == told.until
    with pytest.raises(ClientError) as refused:
        destroy(settings, kept)
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    assert b"".join(locked_store.read(kept.key(), kept.etag)) == b"a picture"
    assert (keep_files(lock, kept.tenant_id), count_waiting(kept.tenant_id)) == (0, 0)
    with tenant_scope(kept.tenant_id):
        event = AuditEvent.objects.get(action=AuditAction.FILE_KEPT)
    assert (event.subject, event.detail) == (f"file:{kept.pk}", {"until": told.until.isoformat()})


def test_in_the_strict_mode_not_even_the_right_to_pass_it_helps(
    kept: StoredFile, locked_store: ObjectStore, settings: Any
) -> None:
    soon = clock.now() + dt.timedelta(seconds=30)  # else the test's bucket would keep it for its hundred days
    changed(kept, retained_until=soon)
    assert keep_files(S3ObjectLock(s3_client(), settings.S3_BUCKET, "COMPLIANCE"), kept.tenant_id) == 1
    with pytest.raises(ClientError):
        destroy(settings, kept, BypassGovernanceRetention=True)


def test_what_no_rule_keeps_is_not_kept_by_storage(
    app: MicroApp, kept: StoredFile, lock: S3ObjectLock, locked_store: ObjectStore, settings: Any
) -> None:
    other = filed(app, locked_store, name="other.jpg")
    keep_files(lock, app.tenant_id)
    assert shown(settings, other) == [None]


def test_a_longer_minimum_is_followed_and_a_shorter_one_waited_out(
    app: MicroApp, kept: StoredFile, lock: S3ObjectLock, locked_store: ObjectStore, settings: Any
) -> None:
    keep_files(lock, app.tenant_id)
    for days, expected in ((200, 200), (0, 200)):
        with tenant_scope(app.tenant_id):
            terms = [LabelTerms(kind="paper", minimum_days=days)] if days else []
            rule = Keeping.objects.get(app=app)
            rule.terms = msgspec.to_builtins(terms)
            rule.save(update_fields=["terms"])
            keeping.date_files(rule)
        keep_files(lock, app.tenant_id)
        (told,) = shown(settings, kept)
        assert told is not None
        assert (told.until - kept.created_at).days == expected
    make_due(kept)
    with tenant_scope(app.tenant_id):
        assert preview(app, 1, now=clock.now() + dt.timedelta(days=2)).deleted_now == 0
    assert delete_due(locked_store, app.tenant_id) == 0, "storage would keep the bytes of a file that is gone"
    assert bytes_used(app) == (len(b"a picture"), 0)


def test_after_its_day_the_file_goes_with_every_version(
    app: MicroApp, kept: StoredFile, lock: S3ObjectLock, locked_store: ObjectStore, settings: Any, later: dt.datetime
) -> None:
    soon = clock.now() + dt.timedelta(seconds=2)
    stored = changed(kept, retained_until=soon)
    keep_files(lock, app.tenant_id)
    with pytest.raises(ClientError):
        destroy(settings, stored)
    changed(stored, created_at=clock.now() - dt.timedelta(days=101), delete_at=soon)
    assert delete_due(locked_store, app.tenant_id) == 0
    until = changed(stored).kept_until
    assert until is not None
    while clock.now() <= until:
        assert delete_due(locked_store, app.tenant_id) == 0
    assert delete_due(locked_store, app.tenant_id) == 1
    assert ObjectVersions(s3_client(), settings.S3_BUCKET).of(str(stored.key())) == []
    assert bytes_used(app) == (0, 0)
    assert reconcile(locked_store, inventory(), app.tenant_id, repair=False, now=later).findings == []


def test_a_file_is_kept_as_soon_as_it_was_found_clean(
    app: MicroApp, lock: S3ObjectLock, locked_store: ObjectStore, settings: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(scanning_tasks, "object_store", lambda: locked_store)
    monkeypatch.setattr(scanning_tasks, "object_lock", lambda: lock)
    upload = arrive(app, locked_store, b"Dear all", "text/plain", "letter.txt", ["content_type"])
    with tenant_scope(app.tenant_id):
        Upload.objects.filter(pk=upload.pk).update(handling={"minimum_days": 50})
    scanning_tasks.scan_upload(str(app.tenant_id), str(upload.pk))
    with tenant_scope(app.tenant_id):
        stored = StoredFile.objects.get(pk=upload.pk)
    assert stored.kept_until is not None
    assert [told.until for told in shown(settings, stored) if told] == [stored.kept_until]


def test_in_a_sandbox_nothing_is_kept(app: MicroApp, kept: StoredFile, lock: S3ObjectLock, settings: Any) -> None:
    with tenant_scope(app.tenant_id):
        Workspace.objects.filter(pk=app.workspace_id).update(kind=WorkspaceKind.SANDBOX)
    assert keep_files(lock, app.tenant_id) == 0
    assert shown(settings, kept) == [None]


def test_one_that_storage_does_not_keep_stops_none_of_the_others_and_is_not_called_kept(
    app: MicroApp, kept: StoredFile, lock: S3ObjectLock, locked_store: ObjectStore, monkeypatch: Any
) -> None:
    other = changed(filed(app, locked_store, name="b"), retained_until=kept.retained_until)
    whole = lock.retain

    def refuse_the_first(key: Any, etag: str, until: dt.datetime) -> dt.datetime:
        if key.name == kept.pk:
            raise RetentionNotKeptError
        return whole(key, etag, until)

    monkeypatch.setattr(lock, "retain", refuse_the_first)
    assert keep_files(lock, app.tenant_id) == 1
    assert (changed(kept).kept_until, bool(changed(other).kept_until)) == (None, True)
    monkeypatch.undo()
    assert keep_files(lock, app.tenant_id) == 1


def test_what_is_kept_shorter_than_was_asked_for_is_refused(
    kept: StoredFile, lock: S3ObjectLock, locked_store: ObjectStore, monkeypatch: Any
) -> None:
    monkeypatch.setattr(ObjectVersions, "set_retention", lambda *_: None)  # storage says yes, and keeps nothing
    with pytest.raises(RetentionNotKeptError):
        lock.retain(kept.key(), kept.etag, clock.now() + dt.timedelta(days=1))


def test_bytes_that_are_not_the_files_are_not_kept(kept: StoredFile, lock: S3ObjectLock, settings: Any) -> None:
    s3_client().put_object(Bucket=settings.S3_BUCKET, Key=str(kept.key()), Body=b"another's")
    keep_file(lock, kept.tenant_id, kept.pk)
    assert [bool(told) for told in shown(settings, kept)] == [True, False]


def test_a_copy_in_another_class_is_kept_anew_and_the_one_below_is_no_finding(
    app: MicroApp, kept: StoredFile, lock: S3ObjectLock, locked_store: ObjectStore, later: dt.datetime
) -> None:
    """SeaweedFS takes no class, so a copy onto itself stands for it here."""
    keep_files(lock, app.tenant_id)
    client_copy = locked_store.copy(kept.key(), kept.etag, kept.key(), {}, encryption_key="")
    assert client_copy == kept.etag

    class Elsewhere:
        def put_away(self, *_: Any) -> str:
            return "GLACIER_IR"

    changed(kept, archive_at=kept.created_at)
    assert archiving.archive_due(Elsewhere(), app.tenant_id) == 1  # type: ignore[arg-type]
    assert changed(kept).kept_until is None
    assert keep_files(lock, app.tenant_id) == 1
    report = reconcile(locked_store, inventory(), app.tenant_id, repair=True, now=later)
    assert report.of(Kind.KEPT) == []


def test_a_mark_of_the_archive_leaves_what_is_kept(app: MicroApp, kept: StoredFile, lock: S3ObjectLock) -> None:
    keep_files(lock, app.tenant_id)

    class Marked:
        def put_away(self, *_: Any) -> str:
            return TAG

    changed(kept, archive_at=kept.created_at)
    assert archiving.archive_due(Marked(), app.tenant_id) == 1  # type: ignore[arg-type]
    assert changed(kept).kept_until is not None


def test_where_storage_has_no_lock_the_file_stays_by_gatehouse_alone_and_the_doctor_says_so(
    app: MicroApp, store: ObjectStore, settings: Any, monkeypatch: Any
) -> None:
    stored = filed(app, store)
    changed(stored, retained_until=clock.now() + dt.timedelta(days=1))
    plain = S3ObjectLock(s3_client(), settings.S3_BUCKET)
    assert keep_files(plain, app.tenant_id) == 0
    monkeypatch.setattr(health, "object_lock", lambda: plain)
    assert "no object lock" in health.retention().words
    assert health.retention().is_well


def test_the_doctor_counts_what_storage_should_keep_and_does_not(
    app: MicroApp, kept: StoredFile, lock: S3ObjectLock, monkeypatch: Any
) -> None:
    monkeypatch.setattr(health, "object_lock", lambda: lock)
    monkeypatch.setattr(health, "tenants_with_apps", lambda: [app.tenant_id])
    assert health.retention().words == "storage doesn't keep 1 files that must stay yet"
    monkeypatch.setattr(tasks, "object_lock", lambda: lock)
    monkeypatch.setattr(tasks, "tenants_with_apps", lambda: [app.tenant_id])
    tasks.keep_retained()
    assert health.retention().words == "storage keeps what must stay (GOVERNANCE)"
