"""A legal hold binds storage as well: what it covers can't be destroyed there either, until it is lifted."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from celery import current_app
from kombu.exceptions import OperationalError

from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel.errors import STORAGE_UNAVAILABLE, Problem
from kernel.object_keys import ObjectKey
from lifecycle import binding, holds, tasks
from lifecycle.binding import bind_holds
from lifecycle.deletion import delete_due
from lifecycle.findings import Kind
from lifecycle.reconcile import reconcile
from storage.hold_models import Binding
from storage.inventory import inventory
from storage.models import HeldObject, LegalHold, StoredFile
from storage.object_lock import HoldNotKeptError, S3ObjectLock
from storage.object_store import ObjectStore, s3_client
from storage.object_versions import ObjectVersions
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.lifecycle.conftest import filed
from tests.scanning.world import bytes_used, new_app

OWNER = "user:owner"


@pytest.fixture
def lock(locked_store: ObjectStore, settings: Any) -> S3ObjectLock:
    return S3ObjectLock(s3_client(), settings.S3_BUCKET)


class Watched:
    """The real lock, which can do something else before its own work, or fail."""

    def __init__(self, lock: S3ObjectLock) -> None:
        self.lock, self.asked = lock, list[str]()
        self.before: Callable[[str, ObjectKey], None] = lambda verb, key: None

    def is_there(self) -> bool:
        return self.lock.is_there()

    def hold(self, key: ObjectKey, etag: str) -> None:
        self.asked.append(f"hold {key.name}")
        self.before("hold", key)
        self.lock.hold(key, etag)

    def release(self, key: ObjectKey) -> None:
        self.asked.append(f"release {key.name}")
        self.before("release", key)
        self.lock.release(key)


def place(app: MicroApp, file_id: uuid.UUID | None = None) -> LegalHold:
    with tenant_scope(app.tenant_id):
        return holds.place(app, file_id, reason="a lawsuit", actor=OWNER)


def lift(app: MicroApp, hold: LegalHold) -> None:
    with tenant_scope(app.tenant_id):
        holds.lift(app, hold.pk, reason="settled", actor=OWNER)


def state(app: MicroApp, hold: LegalHold) -> str:
    with tenant_scope(app.tenant_id):
        return str(LegalHold.objects.get(pk=hold.pk).binding)


def rows(app: MicroApp) -> set[uuid.UUID]:
    with tenant_scope(app.tenant_id):
        return set(HeldObject.objects.values_list("file_id", flat=True))


def let_time_pass(app: MicroApp) -> None:
    with tenant_scope(app.tenant_id):
        HeldObject.objects.update(claimed_until=None)


def held(settings: Any, *files: StoredFile) -> list[bool]:
    versions = ObjectVersions(s3_client(), settings.S3_BUCKET)
    return [versions.is_on_hold(version) for stored in files for version in versions.of(str(stored.key()))]


def destroy(settings: Any, stored: StoredFile) -> None:
    """By somebody with storage's own keys."""
    for version in ObjectVersions(s3_client(), settings.S3_BUCKET).of(str(stored.key())):
        s3_client().delete_object(Bucket=settings.S3_BUCKET, Key=version.key, VersionId=version.version_id)


def make_due(app: MicroApp) -> None:
    with tenant_scope(app.tenant_id):
        for stored in StoredFile.objects.all():
            stored.trashed_at = stored.purge_at = stored.created_at
            stored.save(update_fields=["trashed_at", "purge_at"])


def test_a_hold_on_everything_is_bound_to_every_file_and_nobody_destroys_them(
    app: MicroApp, locked_store: ObjectStore, lock: S3ObjectLock, settings: Any
) -> None:
    files = [filed(app, locked_store, name=f"{number}.jpg") for number in range(3)]
    hold = place(app)
    assert state(app, hold) == Binding.PENDING
    bind_holds(lock, app.tenant_id)
    assert (state(app, hold), held(settings, *files)) == (Binding.BOUND, [True] * 3)
    for stored in files:
        with pytest.raises(ClientError) as refused:
            destroy(settings, stored)
        assert refused.value.response["Error"]["Code"] == "AccessDenied"
        assert b"".join(locked_store.read(stored.key(), stored.etag)) == b"a picture"


def test_that_it_is_bound_stands_in_the_record_once(
    app: MicroApp, locked_store: ObjectStore, lock: S3ObjectLock
) -> None:
    filed(app, locked_store)
    hold = place(app)
    for _ in range(2):
        bind_holds(lock, app.tenant_id)
    with tenant_scope(app.tenant_id):
        told = AuditEvent.objects.get(action=AuditAction.HOLD_BOUND)
    assert told.detail == {"hold": str(hold.pk), "files": 1}


def test_a_hold_on_one_file_binds_that_file_alone(
    app: MicroApp, locked_store: ObjectStore, lock: S3ObjectLock, settings: Any
) -> None:
    covered, other = filed(app, locked_store), filed(app, locked_store, name="other.jpg")
    hold = place(app, covered.pk)
    bind_holds(lock, app.tenant_id)
    assert (state(app, hold), held(settings, covered, other)) == (Binding.BOUND, [True, False])


def test_what_comes_into_a_held_app_is_bound_as_well(
    app: MicroApp, locked_store: ObjectStore, lock: S3ObjectLock, settings: Any
) -> None:
    hold = place(app)
    bind_holds(lock, app.tenant_id)
    new = filed(app, locked_store)
    bind_holds(lock, app.tenant_id)
    assert (state(app, hold), held(settings, new)) == (Binding.BOUND, [True])


def test_once_it_is_lifted_storage_lets_go_and_the_file_can_be_erased_with_every_version(
    app: MicroApp, locked_store: ObjectStore, lock: S3ObjectLock, settings: Any, later: dt.datetime
) -> None:
    stored = filed(app, locked_store)
    hold = place(app)
    bind_holds(lock, app.tenant_id)
    make_due(app)
    assert delete_due(locked_store, app.tenant_id) == 0
    lift(app, hold)
    assert delete_due(locked_store, app.tenant_id) == 0, "storage would keep the bytes of a file that is gone"
    bind_holds(lock, app.tenant_id)
    assert (held(settings, stored), rows(app)) == ([False], set())
    assert delete_due(locked_store, app.tenant_id) == 1
    assert ObjectVersions(s3_client(), settings.S3_BUCKET).of(str(stored.key())) == []
    assert bytes_used(app) == (0, 0)
    assert reconcile(locked_store, inventory(), app.tenant_id, repair=False, now=later).findings == []


def test_of_two_holds_the_one_that_stays_still_binds(
    app: MicroApp, locked_store: ObjectStore, lock: S3ObjectLock, settings: Any
) -> None:
    covered, other = filed(app, locked_store), filed(app, locked_store, name="other.jpg")
    on_all, on_one = place(app), place(app, covered.pk)
    bind_holds(lock, app.tenant_id)
    lift(app, on_all)
    bind_holds(lock, app.tenant_id)
    assert (state(app, on_one), held(settings, covered, other)) == (Binding.BOUND, [True, False])


def test_where_storage_has_no_lock_the_hold_says_that_it_binds_gatehouse_only(
    app: MicroApp, store: ObjectStore, settings: Any
) -> None:
    stored = filed(app, store)
    hold = place(app)
    bind_holds(S3ObjectLock(s3_client(), settings.S3_BUCKET), app.tenant_id)
    assert (state(app, hold), rows(app)) == (Binding.ALONE, set())
    make_due(app)
    assert delete_due(store, app.tenant_id) == 0
    lift(app, hold)
    assert delete_due(store, app.tenant_id) == 1
    assert store.head(stored.key()) is None


def test_where_it_cannot_be_told_whether_storage_locks_nothing_is_said(app: MicroApp, settings: Any) -> None:
    hold = place(app)
    settings.S3_SECRET_ACCESS_KEY = "wrong"
    with pytest.raises(Problem) as problem:
        bind_holds(S3ObjectLock(s3_client(), settings.S3_BUCKET), app.tenant_id)
    assert problem.value.type is STORAGE_UNAVAILABLE
    assert state(app, hold) == Binding.PENDING


def test_what_storage_does_not_keep_is_never_called_bound_and_does_not_stop_the_others(
    app: MicroApp, locked_store: ObjectStore, lock: S3ObjectLock, settings: Any
) -> None:
    files = [filed(app, locked_store, name=f"{number}.jpg") for number in range(3)]
    hold, watched = place(app), Watched(lock)

    def refuse_the_first(_: str, key: ObjectKey) -> None:
        if key.name == files[0].pk:
            raise HoldNotKeptError

    watched.before = refuse_the_first
    bind_holds(watched, app.tenant_id)
    assert (state(app, hold), held(settings, *files)) == (Binding.PENDING, [False, True, True])
    bind_holds(watched, app.tenant_id)
    assert len(watched.asked) == 3, "what failed waits for its next turn"
    let_time_pass(app)
    bind_holds(lock, app.tenant_id)
    assert (state(app, hold), held(settings, *files)) == (Binding.BOUND, [True] * 3)


def test_a_file_whose_bytes_are_not_its_own_any_more_is_not_called_bound(
    app: MicroApp, locked_store: ObjectStore, lock: S3ObjectLock
) -> None:
    stored = filed(app, locked_store)
    locked_store.delete(stored.key())
    hold = place(app)
    bind_holds(lock, app.tenant_id)
    assert state(app, hold) == Binding.PENDING


def test_storage_that_fails_on_the_way_is_asked_again_and_the_rest_follows(
    app: MicroApp, locked_store: ObjectStore, lock: S3ObjectLock, settings: Any
) -> None:
    files = [filed(app, locked_store, name=f"{number}.jpg") for number in range(3)]
    hold, watched = place(app), Watched(lock)

    def fail_at_the_third(_: str, key: ObjectKey) -> None:
        if len(watched.asked) == 3:
            raise Problem(STORAGE_UNAVAILABLE)

    watched.before = fail_at_the_third
    with pytest.raises(Problem):
        bind_holds(watched, app.tenant_id)
    assert (state(app, hold), sorted(held(settings, *files))) == (Binding.PENDING, [False, True, True])
    bind_holds(watched, app.tenant_id)
    assert (state(app, hold), held(settings, *files)) == (Binding.BOUND, [True] * 3)


class KilledError(BaseException):
    """Nothing catches it, as nothing catches kill -9."""


@pytest.mark.parametrize("verb", ["hold", "release"])
def test_killed_between_storage_and_its_row_nothing_stays_held_for_ever(
    app: MicroApp, locked_store: ObjectStore, lock: S3ObjectLock, settings: Any, verb: str
) -> None:
    stored, watched = filed(app, locked_store), Watched(lock)
    hold = place(app)

    def do_it_and_die(asked: str, key: ObjectKey) -> None:
        if asked == verb:
            lock.hold(key, stored.etag) if verb == "hold" else lock.release(key)
            raise KilledError

    if verb == "release":
        bind_holds(lock, app.tenant_id)
        lift(app, hold)
    watched.before = do_it_and_die
    with pytest.raises(KilledError):
        bind_holds(watched, app.tenant_id)
    if verb == "hold":
        assert (held(settings, stored), state(app, hold)) == ([True], Binding.PENDING)
        lift(app, hold)
    let_time_pass(app)
    bind_holds(lock, app.tenant_id)
    assert (held(settings, stored), rows(app)) == ([False], set())


def test_a_hold_that_comes_while_storage_lets_go_is_bound_again(
    app: MicroApp, locked_store: ObjectStore, lock: S3ObjectLock, settings: Any
) -> None:
    stored, watched, again = filed(app, locked_store), Watched(lock), list[LegalHold]()
    first = place(app)
    bind_holds(lock, app.tenant_id)
    lift(app, first)

    def place_meanwhile(verb: str, _: ObjectKey) -> None:
        if verb == "release":
            again.append(place(app))
            bind_holds(lock, app.tenant_id)
            assert state(app, again[0]) == Binding.PENDING, "another worker has the object in its hands"

    watched.before = place_meanwhile
    bind_holds(watched, app.tenant_id)
    assert (state(app, again[0]), held(settings, stored)) == (Binding.BOUND, [True])


def test_a_file_that_was_deleted_as_its_hold_came_leaves_nothing_held(
    app: MicroApp, locked_store: ObjectStore, lock: S3ObjectLock, settings: Any, later: dt.datetime
) -> None:
    stored, watched = filed(app, locked_store), Watched(lock)
    hold = place(app)

    def delete_meanwhile(_: str, key: ObjectKey) -> None:
        with tenant_scope(app.tenant_id):
            StoredFile.objects.filter(pk=stored.pk).delete()

    watched.before = delete_meanwhile
    bind_holds(watched, app.tenant_id)
    assert held(settings, stored) == [True]
    report = reconcile(locked_store, inventory(), app.tenant_id, repair=True, now=later)
    assert Kind.KEPT in {finding.kind for finding in report.findings}
    lift(app, hold)
    bind_holds(lock, app.tenant_id)
    reconcile(locked_store, inventory(), app.tenant_id, repair=True, now=later)
    assert ObjectVersions(s3_client(), settings.S3_BUCKET).of(str(stored.key())) == []


def test_many_files_are_bound_in_one_round(
    app: MicroApp, locked_store: ObjectStore, lock: S3ObjectLock, monkeypatch: Any
) -> None:
    monkeypatch.setattr(binding, "BATCH", 2)
    monkeypatch.setattr(binding, "PAGE", 2)
    files = {filed(app, locked_store, name=f"{number}.jpg").pk for number in range(5)}
    hold = place(app)
    bind_holds(lock, app.tenant_id)
    assert (rows(app), state(app, hold)) == (files, Binding.BOUND)
    lift(app, hold)
    bind_holds(lock, app.tenant_id)
    assert rows(app) == set()


def test_placing_and_lifting_ask_for_a_worker_at_once(app: MicroApp, monkeypatch: Any) -> None:
    sent = list[Any]()
    monkeypatch.setattr(current_app, "send_task", lambda task, args: sent.append((task, args)))
    hold = place(app)
    lift(app, hold)
    assert sent == [("lifecycle.bind_holds_of", (str(app.tenant_id),))] * 2


def test_without_a_queue_the_hold_stands_and_the_round_finds_it(
    app: MicroApp, locked_store: ObjectStore, lock: S3ObjectLock, monkeypatch: Any
) -> None:
    def unreachable(*_: Any, **__: Any) -> None:
        raise OperationalError

    filed(app, locked_store)
    monkeypatch.setattr(current_app, "send_task", unreachable)
    hold = place(app)
    monkeypatch.setattr(tasks, "object_lock", lambda: lock)
    monkeypatch.setattr(tasks, "tenants_with_apps", lambda: [app.tenant_id])
    tasks.bind_holds()
    assert state(app, hold) == Binding.BOUND
    lift(app, hold)
    tasks.bind_holds_of(str(app.tenant_id))
    assert rows(app) == set()


def test_another_tenants_files_are_nobodys_business(
    app: MicroApp, locked_store: ObjectStore, lock: S3ObjectLock, settings: Any
) -> None:
    theirs = filed(new_app(), locked_store)
    place(app)
    bind_holds(lock, app.tenant_id)
    assert held(settings, theirs) == [False]
