"""Storage's own lock, on a real server: a hold binds whoever has storage's keys, until it is lifted."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.core.management import CommandError, call_command

from kernel.errors import Problem
from kernel.identifiers import new_id
from kernel.object_keys import Area, ObjectKey
from storage.answers import ObjectChangedError
from storage.object_lock import HoldNotKeptError, S3ObjectLock
from storage.object_store import ObjectStore, s3_client
from storage.object_versions import ObjectVersions
from tenancy.models import MicroApp

TAGS = {"app": "test"}


@pytest.fixture
def lock(locked_store: ObjectStore, settings: Any) -> S3ObjectLock:
    return S3ObjectLock(s3_client(), settings.S3_BUCKET)


@pytest.fixture
def key(app: MicroApp) -> ObjectKey:
    return ObjectKey(app.tenant_id, app.id, Area.FILES, new_id())


def held(settings: Any, key: ObjectKey) -> list[bool]:
    """Whether each version is on hold, as storage itself tells it."""
    versions = ObjectVersions(s3_client(), settings.S3_BUCKET)
    return [versions.is_on_hold(version) for version in versions.of(str(key)) if not version.is_mark]


def destroy(settings: Any, key: ObjectKey, **bypass: bool) -> None:
    """What somebody with storage's own keys does who wants the bytes gone."""
    for version in ObjectVersions(s3_client(), settings.S3_BUCKET).of(str(key)):
        s3_client().delete_object(Bucket=settings.S3_BUCKET, Key=str(key), VersionId=version.version_id, **bypass)


@pytest.mark.parametrize("bypass", [{}, {"BypassGovernanceRetention": True}])
def test_under_a_hold_storages_own_keys_destroy_nothing(
    lock: S3ObjectLock, locked_store: ObjectStore, settings: Any, key: ObjectKey, bypass: dict[str, bool]
) -> None:
    etag = locked_store.put(key, b"evidence", "text/plain", TAGS, encryption_key="")
    lock.hold(key, etag)
    with pytest.raises(ClientError) as refused:
        destroy(settings, key, **bypass)
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    assert b"".join(locked_store.read(key, etag)) == b"evidence"


def test_once_it_is_lifted_the_bytes_can_go(
    lock: S3ObjectLock, locked_store: ObjectStore, settings: Any, key: ObjectKey
) -> None:
    lock.hold(key, locked_store.put(key, b"evidence", "text/plain", TAGS, encryption_key=""))
    lock.release(key)
    destroy(settings, key)
    assert locked_store.head(key) is None


def test_both_may_be_repeated(lock: S3ObjectLock, locked_store: ObjectStore, settings: Any, key: ObjectKey) -> None:
    etag = locked_store.put(key, b"evidence", "text/plain", TAGS, encryption_key="")
    for _ in range(2):
        lock.hold(key, etag)
    assert held(settings, key) == [True]
    for _ in range(2):
        lock.release(key)
    assert held(settings, key) == [False]


def test_the_files_own_bytes_are_held_below_somebody_elses_and_below_a_mark(
    lock: S3ObjectLock, locked_store: ObjectStore, settings: Any, key: ObjectKey
) -> None:
    etag = locked_store.put(key, b"evidence", "text/plain", TAGS, encryption_key="")
    locked_store.put(key, b"something else", "text/plain", TAGS, encryption_key="")
    s3_client().delete_object(Bucket=settings.S3_BUCKET, Key=str(key))
    lock.hold(key, etag)
    assert sorted(held(settings, key)) == [False, True]
    lock.release(key)
    assert held(settings, key) == [False, False]


def test_what_is_not_the_files_bytes_is_not_held(
    lock: S3ObjectLock, locked_store: ObjectStore, settings: Any, key: ObjectKey
) -> None:
    locked_store.put(key, b"something else", "text/plain", TAGS, encryption_key="")
    with pytest.raises(ObjectChangedError):
        lock.hold(key, "0" * 32)
    assert held(settings, key) == [False]
    lock.release(ObjectKey(key.tenant, key.app, Area.FILES, new_id()))


def test_a_copy_of_a_held_file_is_not_held(
    lock: S3ObjectLock, locked_store: ObjectStore, settings: Any, key: ObjectKey
) -> None:
    """SeaweedFS gives a copy its source's hold."""
    etag = locked_store.put(key, b"evidence", "text/plain", TAGS, encryption_key="")
    lock.hold(key, etag)
    copy = ObjectKey(key.tenant, key.app, Area.FILES, new_id())
    locked_store.copy(key, etag, copy, TAGS, encryption_key="")
    assert (held(settings, key), held(settings, copy)) == ([True], [False])


def test_a_bucket_without_lock_says_so(store: ObjectStore, settings: Any) -> None:
    assert S3ObjectLock(s3_client(), settings.S3_BUCKET).is_there() is False


def test_a_bucket_with_lock_is_asked_once(locked_store: ObjectStore, settings: Any) -> None:
    client, asked = s3_client(), list[str]()
    client.meta.events.register("before-call.s3.*", lambda model, **_: asked.append(model.name))
    lock = S3ObjectLock(client, settings.S3_BUCKET)
    assert [lock.is_there(), lock.is_there()] == [True, True]
    assert asked == ["GetObjectLockConfiguration"]


def test_where_nothing_can_be_told_it_is_an_error_and_no_no(settings: Any) -> None:
    settings.S3_SECRET_ACCESS_KEY = "wrong"
    with pytest.raises(Problem):
        S3ObjectLock(s3_client(), settings.S3_BUCKET).is_there()


def test_a_hold_that_storage_takes_and_does_not_keep_is_refused(app: MicroApp, settings: Any, key: ObjectKey) -> None:
    """SeaweedFS does so with bytes that are older than their bucket's versions."""
    bucket = f"{settings.S3_BUCKET}-{new_id().hex}"
    s3_client().create_bucket(Bucket=bucket)
    etag = s3_client().put_object(Bucket=bucket, Key=str(key), Body=b"old")["ETag"].strip('"')
    s3_client().put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3_client().put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})
    lock = S3ObjectLock(s3_client(), bucket)
    assert lock.is_there()
    with pytest.raises(HoldNotKeptError):
        lock.hold(key, etag)


def test_provisioning_makes_the_bucket_with_lock_once(locked_store: ObjectStore, settings: Any) -> None:
    call_command("provision_storage")
    assert S3ObjectLock(s3_client(), settings.S3_BUCKET).is_there()


def test_provisioning_does_not_call_a_bucket_locked_that_is_not(store: ObjectStore, settings: Any) -> None:
    settings.S3_OBJECT_LOCK = True
    with pytest.raises(CommandError, match="without object lock"):
        call_command("provision_storage")
