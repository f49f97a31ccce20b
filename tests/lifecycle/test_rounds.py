"""The rounds of many: what may not go yet, one tenant's trouble and a hold that comes meanwhile stop nobody else."""

import datetime as dt
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from django.db import OperationalError, connection

from kernel import clock
from kernel.errors import STORAGE_UNAVAILABLE, Problem
from kernel.object_keys import ObjectKey
from lifecycle import deletion, holds, tasks
from lifecycle.archiving import archive_due
from lifecycle.deletion import delete_all_due, delete_due
from storage.archive import TAG, archive
from storage.models import Keeping, StoredFile
from storage.object_store import ObjectStore
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.lifecycle.conftest import filed
from tests.scanning.world import new_app

_T = TypeVar("_T")
LONG_AGO = clock.now() - dt.timedelta(days=1)


def changed(stored: StoredFile, **values: Any) -> StoredFile:
    with tenant_scope(stored.tenant_id):
        StoredFile.objects.filter(pk=stored.pk).update(**values)
    return stored


def trashed(app: MicroApp, store: ObjectStore, name: str) -> StoredFile:
    return changed(filed(app, store, name=name), trashed_at=LONG_AGO, purge_at=LONG_AGO)


def elsewhere(work: Callable[[], _T]) -> _T:
    """Done by another connection, while this one's transaction is open."""

    def whole() -> _T:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(whole).result()


def test_old_versions_that_their_retention_keeps_do_not_crowd_out_what_is_due(
    app: MicroApp, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "BATCH", 2)
    with tenant_scope(app.tenant_id):
        Keeping.objects.create(tenant_id=app.tenant_id, app=app, minimum_days=30)
    for number in range(3):
        kept = trashed(app, store, f"{number}.jpg")
        changed(kept, retained_until=kept.created_at + dt.timedelta(days=30))
    due = changed(trashed(app, store, "due.jpg"), created_at=clock.now() - dt.timedelta(days=31))
    assert delete_due(store, app.tenant_id) == 1
    assert store.head(due.key()) is None
    later = clock.now() + dt.timedelta(days=31)
    assert delete_due(store, app.tenant_id, later) + delete_due(store, app.tenant_id, later) == 3


def test_more_than_a_batch_goes_in_one_round(
    app: MicroApp, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "BATCH", 2)
    for number in range(5):
        trashed(app, store, f"{number}.jpg")
    assert delete_all_due(store, app.tenant_id) == 5


def test_a_hold_on_everything_waits_for_deletions_that_have_begun(app: MicroApp, store: ObjectStore) -> None:
    trashed(app, store, "due.jpg")

    def place() -> None:
        with tenant_scope(app.tenant_id):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
            holds.place(app, None, reason="a lawsuit", actor="user:owner")

    with tenant_scope(app.tenant_id):
        assert len(deletion._due(clock.now())) == 1
        with pytest.raises(OperationalError):
            elsewhere(place)


def test_no_deletion_passes_a_hold_on_everything_that_is_being_placed(app: MicroApp, store: ObjectStore) -> None:
    stored = trashed(app, store, "due.jpg")
    with tenant_scope(app.tenant_id):
        holds.place(app, None, reason="a lawsuit", actor="user:owner")
        assert elsewhere(lambda: delete_due(store, app.tenant_id)) == 0
    assert delete_due(store, app.tenant_id) == 0
    assert store.head(stored.key()) is not None


class KeyTakenAway:
    """The real archive, but for one object whose key storage may not use any more."""

    def __init__(self, locked: ObjectKey) -> None:
        self.locked = locked

    def put_away(self, key: ObjectKey, etag: str, tags: Mapping[str, str]) -> str:
        if key == self.locked:
            raise Problem(STORAGE_UNAVAILABLE)
        return archive().put_away(key, etag, tags)

    def fetch(self, *asked: Any) -> bool:
        if self.locked in asked:
            raise Problem(STORAGE_UNAVAILABLE)
        return archive().fetch(*asked)


def test_a_file_that_storage_can_not_touch_does_not_keep_the_others_from_the_archive(
    app: MicroApp, store: ObjectStore
) -> None:
    first, second = (changed(filed(app, store, name=f"{n}.jpg"), archive_at=LONG_AGO) for n in range(2))
    assert archive_due(KeyTakenAway(first.key()), app.tenant_id) == 1
    with tenant_scope(app.tenant_id):
        archived = dict(StoredFile.objects.values_list("pk", "archived_as"))
    assert archived == {first.pk: "", second.pk: TAG}


def test_one_tenants_trouble_does_not_stop_the_round(
    app: MicroApp, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    due, unlucky = trashed(app, store, "due.jpg"), new_app().tenant_id
    real = deletion.delete_all_due

    def fails_for_one(of: ObjectStore, tenant_id: Any) -> int:
        if tenant_id == unlucky:
            raise Problem(STORAGE_UNAVAILABLE)
        return real(of, tenant_id)

    monkeypatch.setattr(tasks, "delete_all_due", fails_for_one)
    monkeypatch.setattr(tasks, "tenants_with_apps", lambda: [unlucky, app.tenant_id])
    tasks.delete_due()
    assert store.head(due.key()) is None
