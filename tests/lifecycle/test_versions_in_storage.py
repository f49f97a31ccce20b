"""A bucket that keeps versions: what is deleted is gone from there too, and what somebody deletes there comes back."""

import datetime as dt
from typing import Any

import pytest
from botocore.exceptions import ClientError

from kernel.errors import Problem
from kernel.identifiers import new_id
from kernel.object_keys import Area, ObjectKey
from lifecycle.deletion import delete_due
from lifecycle.findings import Kind
from lifecycle.reconcile import reconcile
from storage.answers import storage_answers, storage_circuit
from storage.inventory import inventory
from storage.models import StoredFile
from storage.object_store import ObjectStore, s3_client
from storage.object_versions import ObjectVersions
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.lifecycle.conftest import filed
from tests.scanning.world import bytes_used

TAGS = {"app": "test"}


def versions(settings: Any, key: ObjectKey | str) -> list[Any]:
    return ObjectVersions(s3_client(), settings.S3_BUCKET).of(str(key))


def everything(settings: Any, app: MicroApp) -> list[Any]:
    return list(ObjectVersions(s3_client(), settings.S3_BUCKET).below(f"{app.tenant_id}/"))


def look(app: MicroApp, store: ObjectStore, later: dt.datetime, *, repair: bool = True) -> list[tuple[Kind, str]]:
    report = reconcile(store, inventory(), app.tenant_id, repair=repair, now=later)
    return [(finding.kind, finding.what) for finding in report.findings]


def put(settings: Any, key: ObjectKey, body: bytes = b"stray", **more: Any) -> None:
    s3_client().put_object(Bucket=settings.S3_BUCKET, Key=str(key), Body=body, **more)


def test_a_deletion_leaves_no_version_and_no_mark(app: MicroApp, locked_store: ObjectStore, settings: Any) -> None:
    key, other = (ObjectKey(app.tenant_id, app.id, Area.FILES, new_id()) for _ in range(2))
    for body in (b"first", b"second", b"third"):
        locked_store.put(key, body, "text/plain", TAGS, encryption_key="")
    locked_store.put(other, b"other", "text/plain", TAGS, encryption_key="")
    s3_client().delete_object(Bucket=settings.S3_BUCKET, Key=str(key))
    assert len(versions(settings, key)) == 4
    locked_store.delete(key)
    assert versions(settings, key) == []
    assert len(versions(settings, other)) == 1


def test_deleting_what_is_not_there_leaves_no_mark(app: MicroApp, locked_store: ObjectStore, settings: Any) -> None:
    for _ in range(2):
        locked_store.delete(ObjectKey(app.tenant_id, app.id, Area.FILES, new_id()))
    assert everything(settings, app) == []


def test_a_file_that_leaves_the_trash_is_gone_with_all_versions(
    app: MicroApp, locked_store: ObjectStore, settings: Any, later: dt.datetime
) -> None:
    stored = filed(app, locked_store)
    with tenant_scope(app.tenant_id):
        StoredFile.objects.filter(pk=stored.pk).update(trashed_at=stored.created_at, purge_at=stored.created_at)
    assert delete_due(locked_store, app.tenant_id) == 1
    assert everything(settings, app) == []
    assert bytes_used(app) == (0, 0)
    assert look(app, locked_store, later) == []


def test_where_no_versions_are_kept_one_request_deletes(app: MicroApp, store: ObjectStore, settings: Any) -> None:
    key = ObjectKey(app.tenant_id, app.id, Area.FILES, new_id())
    store.put(key, b"plain", "text/plain", TAGS, encryption_key="")
    client, asked = s3_client(), list[str]()
    client.meta.events.register("before-call.s3.*", lambda model, **_: asked.append(model.name))
    type(store)(client, settings.S3_BUCKET).delete(key)
    assert (asked, store.head(key)) == (["DeleteObject"], None)


def test_what_a_cut_off_deletion_left_below_a_mark_goes_with_the_reconcile(
    app: MicroApp, locked_store: ObjectStore, settings: Any, later: dt.datetime
) -> None:
    key = ObjectKey(app.tenant_id, app.id, Area.FILES, new_id())
    put(settings, key)
    s3_client().delete_object(Bucket=settings.S3_BUCKET, Key=str(key))
    assert look(app, locked_store, later, repair=False) == [(Kind.HIDDEN, str(key))] * 2
    assert len(versions(settings, key)) == 2
    look(app, locked_store, later)
    assert everything(settings, app) == []


def test_a_version_below_a_file_goes_and_the_file_stays(
    app: MicroApp, locked_store: ObjectStore, settings: Any, later: dt.datetime
) -> None:
    stored = filed(app, locked_store)
    put(settings, stored.key(), b"a picture")
    assert len(versions(settings, stored.key())) == 2
    assert look(app, locked_store, later) == [(Kind.HIDDEN, str(stored.key()))]
    assert [version.is_latest for version in versions(settings, stored.key())] == [True]
    assert look(app, locked_store, later) == []


def test_what_is_young_may_be_on_its_way(app: MicroApp, locked_store: ObjectStore, settings: Any) -> None:
    key = ObjectKey(app.tenant_id, app.id, Area.FILES, new_id())
    for body in (b"one", b"two"):
        put(settings, key, body)
    assert reconcile(locked_store, inventory(), app.tenant_id, repair=True).findings == []
    assert len(versions(settings, key)) == 2


def test_a_file_that_somebody_deleted_past_gatehouse_comes_back(
    app: MicroApp, locked_store: ObjectStore, settings: Any, later: dt.datetime
) -> None:
    stored = filed(app, locked_store)
    s3_client().delete_object(Bucket=settings.S3_BUCKET, Key=str(stored.key()))
    assert locked_store.head(stored.key()) is None
    assert look(app, locked_store, later) == [(Kind.BROUGHT_BACK, str(stored.key()))]
    facts = locked_store.head(stored.key())
    assert facts is not None
    assert facts.etag == stored.etag


def test_the_right_bytes_below_somebody_elses_are_never_deleted(
    app: MicroApp, locked_store: ObjectStore, settings: Any, later: dt.datetime
) -> None:
    stored = filed(app, locked_store)
    put(settings, stored.key(), b"something else")
    assert look(app, locked_store, later) == [(Kind.CHANGED, str(stored.key()))]
    assert stored.etag in [version.etag for version in versions(settings, stored.key())]


def test_a_stray_object_that_storage_locks_is_told_and_kept_until_the_lock_is_lifted(
    app: MicroApp, locked_store: ObjectStore, settings: Any, later: dt.datetime
) -> None:
    key = ObjectKey(app.tenant_id, app.id, Area.FILES, new_id())
    put(settings, key, ObjectLockLegalHoldStatus="ON")
    assert look(app, locked_store, later) == [(Kind.KEPT, str(key))]
    assert locked_store.head(key) is not None
    s3_client().put_object_legal_hold(Bucket=settings.S3_BUCKET, Key=str(key), LegalHold={"Status": "OFF"})
    assert look(app, locked_store, later) == [(Kind.ORPHAN, str(key))]
    assert everything(settings, app) == []


def test_a_retention_of_the_buckets_own_keeps_as_well(
    app: MicroApp, locked_store: ObjectStore, settings: Any, later: dt.datetime
) -> None:
    key = ObjectKey(app.tenant_id, app.id, Area.FILES, new_id())
    tomorrow = later + dt.timedelta(days=1)
    put(settings, key, ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=tomorrow)
    assert look(app, locked_store, later) == [(Kind.KEPT, str(key))]


def test_a_refusal_without_a_lock_is_storages_no(app: MicroApp, locked_store: ObjectStore, settings: Any) -> None:
    """Our credential may lack the right to delete versions: that must not look like a deletion."""
    key = ObjectKey(app.tenant_id, app.id, Area.FILES, new_id())
    put(settings, key)
    client = s3_client()

    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "DeleteObject")

    found = versions(settings, key)[0]
    client.meta.events.register("before-call.s3.DeleteObject", refuse)
    with pytest.raises(Problem), storage_answers(storage_circuit()):
        ObjectVersions(client, settings.S3_BUCKET).remove(found)
