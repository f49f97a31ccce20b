"""Old files go to cheaper storage and come back; what is said of it is what storage confirmed."""

import datetime as dt
import uuid
from typing import Any

import pytest
from botocore.stub import Stubber
from django.conf import settings as project
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEvent
from kernel import clock
from kernel.errors import Problem
from kernel.object_keys import Area, ObjectKey
from lifecycle import archiving, holds, keeping
from lifecycle.archiving import archive_due, ask_back, fetch_asked
from lifecycle.preview import preview
from lifecycle.rules import FileFacts, is_archive_due
from lifecycle.tasks import archive_due as archive_all
from policy.abilities import Ability, here
from policy.lifetimes import Rules, archive_at
from storage.archive import TAG, Archive, S3Archive
from storage.models import Keeping, StoredFile
from storage.object_store import ObjectChangedError, ObjectStore, s3_client
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.lifecycle.conftest import filed
from tests.scanning.world import bytes_used, new_app

NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
moments = st.integers(0, 4000).map(lambda days: NOW - dt.timedelta(days=days))


@given(date=st.none() | moments, held=st.booleans(), thrown=st.booleans())
def test_only_what_is_old_enough_and_wanted_and_not_on_hold_is_archived(
    date: dt.datetime | None, held: bool, thrown: bool
) -> None:
    facts = FileFacts("a.pdf", NOW, is_on_hold=held, purge_at=NOW if thrown else None)
    assert is_archive_due(facts, date, NOW) == (date is not None and not held and not thrown)


@given(since=moments, days=st.none() | st.integers(1, 3650))
def test_the_date_is_the_rules_and_never_without_one(since: dt.datetime, days: int | None) -> None:
    assert archive_at(since, Rules(None, 0, days)) == (None if days is None else since + dt.timedelta(days=days))


def bucket_archive(wanted: str) -> Archive:
    return S3Archive(s3_client(), project.S3_BUCKET, wanted)


@pytest.fixture
def old(app: MicroApp, store: ObjectStore) -> StoredFile:
    """A file that is due, in an app that archives after 30 days."""
    with tenant_scope(app.tenant_id):
        Keeping.objects.create(tenant_id=app.tenant_id, app=app, archive_after_days=30, latest_archive_days=60)
    stored = filed(app, store)
    with tenant_scope(app.tenant_id):
        StoredFile.objects.filter(pk=stored.pk).update(archive_at=clock.now() - dt.timedelta(days=1))
    return stored


def now_of(stored: StoredFile) -> StoredFile:
    with tenant_scope(stored.tenant_id):
        found: StoredFile = StoredFile.objects.get(pk=stored.pk)
    return found


def tags_of(stored: StoredFile) -> dict[str, str]:
    found = s3_client().get_object_tagging(Bucket=project.S3_BUCKET, Key=str(stored.key()))["TagSet"]
    return {tag["Key"]: tag["Value"] for tag in found}


def recorded(stored: StoredFile) -> list[str]:
    with tenant_scope(stored.tenant_id):
        actions = AuditEvent.objects.filter(subject=f"file:{stored.pk}").order_by("id").values_list("action", flat=True)
        return list(actions)


def test_this_installation_archives() -> None:
    assert Ability.ARCHIVING in here()


def test_without_a_class_the_object_is_marked_and_stays_readable(old: StoredFile, store: ObjectStore) -> None:
    before = tags_of(old)
    assert archive_due(bucket_archive(""), old.tenant_id) == 1
    assert now_of(old).archived_as == TAG
    assert tags_of(old) == before | {"archive": "yes"}
    assert b"".join(store.read(old.key(), old.etag)) == b"a picture"
    assert archiving.hours_to_fetch(now_of(old)) == 0
    assert archive_due(bucket_archive(""), old.tenant_id) == 0
    assert recorded(old) == ["lifecycle:file:archived"]


@pytest.mark.parametrize("wanted", ["GLACIER", "STANDARD_IA"])
def test_with_a_class_it_is_said_to_be_in_it_only_where_storage_says_so(
    app: MicroApp, old: StoredFile, store: ObjectStore, wanted: str
) -> None:
    assert archive_due(bucket_archive(wanted), old.tenant_id) == 1
    said = s3_client().head_object(Bucket=project.S3_BUCKET, Key=str(old.key())).get("StorageClass")
    assert now_of(old).archived_as == (wanted if said == wanted else TAG)
    assert b"".join(store.read(old.key(), old.etag)) == b"a picture"
    assert bytes_used(app) == (old.size, 0)


@pytest.mark.parametrize("wanted", ["", "GLACIER", "STANDARD_IA"])
def test_what_is_asked_for_comes_back_as_it_was(old: StoredFile, store: ObjectStore, wanted: str) -> None:
    before, archive = tags_of(old), bucket_archive(wanted)
    archive_due(archive, old.tenant_id)
    with tenant_scope(old.tenant_id):
        for _ in range(2):
            ask_back(old.app, old.pk, actor="user:test")
    assert fetch_asked(archive, old.tenant_id) == 1
    assert fetch_asked(archive, old.tenant_id) == 0
    back = now_of(old)
    assert (back.archived_at, back.archived_as, back.restore_asked_at) == (None, "", None)
    assert back.archive_at is not None
    assert back.archive_at > clock.now() + dt.timedelta(days=29)
    assert tags_of(old) == before
    assert b"".join(store.read(old.key(), old.etag)) == b"a picture"
    told = ["lifecycle:file:archived", "lifecycle:file:asked-back", "lifecycle:file:brought-back"]
    assert recorded(old) == told


KEY = ObjectKey(uuid.UUID(int=1), uuid.UUID(int=2), Area.FILES, uuid.UUID(int=3))


def scripted(*answers: tuple[str, dict[str, Any]]) -> tuple[S3Archive, Stubber]:
    """The real client before an engine that keeps classes, which answers what S3's documentation says."""
    client = s3_client()
    stubber = Stubber(client)
    for operation, answer in answers:
        if "Error" in answer:
            stubber.add_client_error(operation, answer["Error"])
        else:
            stubber.add_response(operation, answer)
    stubber.activate()
    return S3Archive(client, "bucket", "DEEP_ARCHIVE"), stubber


HEAD, COPY = ("head_object", {"ETag": '"e"'}), ("copy_object", {})
COLD = ("head_object", {"ETag": '"e"', "StorageClass": "DEEP_ARCHIVE"})


def test_an_engine_that_keeps_the_class_is_believed_after_a_second_look() -> None:
    archive, stubber = scripted(HEAD, COPY, COLD, COLD)
    assert archive.put_away(KEY, "e", {}) == "DEEP_ARCHIVE"
    stubber.assert_no_pending_responses()


def test_a_copy_that_ended_when_nobody_waited_any_more_is_not_made_again() -> None:
    archive, stubber = scripted(COLD)
    assert archive.put_away(KEY, "e", {}) == "DEEP_ARCHIVE"
    stubber.assert_no_pending_responses()


def test_an_engine_that_says_yes_and_keeps_nothing_gets_the_tag() -> None:
    tagged = {"TagSet": [{"Key": "archive", "Value": "yes"}]}
    archive, _ = scripted(HEAD, COPY, HEAD, HEAD, ("put_object_tagging", {}), ("get_object_tagging", tagged))
    assert archive.put_away(KEY, "e", {}) == TAG


def test_a_tag_that_was_not_kept_is_not_claimed() -> None:
    archive, _ = scripted(HEAD, COPY, HEAD, HEAD, ("put_object_tagging", {}), ("get_object_tagging", {"TagSet": []}))
    with pytest.raises(Problem):
        archive.put_away(KEY, "e", {})


@pytest.mark.parametrize(
    ("restore", "is_back"),
    [('ongoing-request="true"', False), ('ongoing-request="false", expiry-date="x"', True)],
)
def test_fetching_is_asked_for_once_and_waited_for(restore: str, is_back: bool) -> None:
    archive, _ = scripted(COLD, COLD, ("restore_object", {}))
    assert not archive.fetch(KEY, "e", {}, "DEEP_ARCHIVE")
    asked = ("head_object", {"ETag": '"e"', "Restore": restore})
    archive, _ = scripted(COLD, asked, COPY, HEAD)
    assert archive.fetch(KEY, "e", {}, "DEEP_ARCHIVE") is is_back


def test_an_object_that_changed_is_neither_archived_nor_brought_back() -> None:
    archive, _ = scripted(HEAD, HEAD)
    with pytest.raises(ObjectChangedError):
        archive.put_away(KEY, "another", {})
    with pytest.raises(ObjectChangedError):
        archive.fetch(KEY, "another", {}, TAG)


class Slow:
    """An archive as the coldest classes are: what is asked for is ready at the second look."""

    def __init__(self) -> None:
        self.looks = 0

    def put_away(self, *_: Any) -> str:
        return "DEEP_ARCHIVE"

    def fetch(self, *_: Any) -> bool:
        self.looks += 1
        return self.looks > 1


def test_a_slow_class_is_waited_for(old: StoredFile) -> None:
    slow = Slow()
    archive_due(slow, old.tenant_id)
    assert archiving.hours_to_fetch(now_of(old)) == 48
    with tenant_scope(old.tenant_id):
        ask_back(old.app, old.pk, actor="user:test")
    assert fetch_asked(slow, old.tenant_id) == 0
    assert now_of(old).archived_as == "DEEP_ARCHIVE"
    assert fetch_asked(slow, old.tenant_id) == 1


def test_a_legal_hold_leaves_everything_where_it_is(old: StoredFile) -> None:
    with tenant_scope(old.tenant_id):
        holds.place(old.app, old.pk, reason="a lawsuit", actor="user:test")
    assert archive_due(bucket_archive(""), old.tenant_id) == 0
    assert "archive" not in tags_of(old)


def test_what_storage_has_changed_is_left_alone(old: StoredFile) -> None:
    with tenant_scope(old.tenant_id):
        StoredFile.objects.filter(pk=old.pk).update(etag="another")
    assert archive_due(bucket_archive(""), old.tenant_id) == 0
    assert now_of(old).archived_as == ""


@pytest.mark.usefixtures("alone")
def test_the_schedulers_round_does_both(old: StoredFile) -> None:
    archive_all()
    assert now_of(old).archived_as == TAG
    with tenant_scope(old.tenant_id):
        ask_back(old.app, old.pk, actor="user:test")
    archive_all()
    assert now_of(old).archived_as == ""


def test_another_apps_file_is_not_there_to_be_asked_for(old: StoredFile, store: ObjectStore) -> None:
    other = new_app()
    with tenant_scope(other.tenant_id):
        assert ask_back(other, old.pk, actor="user:test") is None


@pytest.mark.parametrize(("days", "archive_days", "where"), [
    (None, 61, "/archive_after_days"),
    (None, None, "/archive_after_days"),
    (20, 20, "/archive_after_days"),
    (0, 10, "/delete_after_days"),
])  # fmt: skip
def test_an_owner_archives_sooner_and_never_later(
    old: StoredFile, days: int | None, archive_days: int | None, where: str
) -> None:
    with tenant_scope(old.tenant_id), pytest.raises(Problem) as refused:
        keeping.change(old.app, days, archive_days, actor="user:test")
    assert [error.pointer for error in refused.value.errors] == [where]


def test_the_preview_says_what_the_change_then_archives(app: MicroApp, old: StoredFile, store: ObjectStore) -> None:
    young = filed(app, store, name="young.jpg")
    with tenant_scope(old.tenant_id):
        StoredFile.objects.filter(pk=old.pk).update(created_at=clock.now() - dt.timedelta(days=20))
        looked = preview(old.app, None, 10)
        assert (looked.files, looked.archived_now, looked.deleted_now) == (2, 1, 0)
        keeping.change(old.app, None, 10, actor="user:test")
    assert archive_due(bucket_archive(""), old.tenant_id) == looked.archived_now
    assert now_of(young).archived_as == ""


@pytest.mark.parametrize("days", [None, 0, 61])
def test_the_database_holds_the_bounds(old: StoredFile, days: int | None) -> None:
    with tenant_scope(old.tenant_id), pytest.raises(IntegrityError), transaction.atomic():
        Keeping.objects.update(archive_after_days=days)
