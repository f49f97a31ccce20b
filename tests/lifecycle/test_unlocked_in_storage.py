"""Somebody with storage's own keys ended what storage kept: the reconcile asks storage, tells it and sets it again."""

import datetime as dt
import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel import clock
from kernel.object_keys import ObjectKey
from lifecycle import holds, tasks, unlocked
from lifecycle.binding import bind_holds
from lifecycle.findings import Kind, Report
from lifecycle.management.commands import reconcile as command
from lifecycle.reconcile import reconcile
from storage.hold_models import Binding
from storage.inventory import inventory
from storage.models import LegalHold, StoredFile
from storage.object_lock import S3ObjectLock
from storage.object_store import ObjectStore, s3_client
from storage.object_versions import ObjectVersions
from storage.retention import count_waiting, keep_files
from tenancy.models import MicroApp, Workspace, WorkspaceKind
from tenancy.scoping import tenant_scope
from tests.lifecycle.conftest import filed

A_DAY = dt.timedelta(days=1)
Look = Callable[..., Report]


@pytest.fixture
def lock(locked_store: ObjectStore, settings: Any) -> S3ObjectLock:
    return S3ObjectLock(s3_client(), settings.S3_BUCKET)


@pytest.fixture
def kept(app: MicroApp, locked_store: ObjectStore, lock: S3ObjectLock) -> StoredFile:
    """A file that must stay for a hundred days, which storage has noted."""
    stored = changed(filed(app, locked_store), retained_until=clock.now() + 100 * A_DAY)
    assert keep_files(lock, app.tenant_id) == 1
    return changed(stored)


@pytest.fixture
def held(app: MicroApp, locked_store: ObjectStore, lock: S3ObjectLock) -> StoredFile:
    """A file under a legal hold that storage has noted."""
    stored = filed(app, locked_store)
    with tenant_scope(app.tenant_id):
        holds.place(app, stored.pk, reason="a lawsuit", actor="user:owner")
    bind_holds(lock, app.tenant_id)
    return stored


@pytest.fixture
def look(app: MicroApp, locked_store: ObjectStore, lock: S3ObjectLock, later: dt.datetime) -> Look:
    def looked(**wish: Any) -> Report:
        wish = {"repair": False, "now": later, "lock": lock, **wish}
        return reconcile(locked_store, inventory(), app.tenant_id, **wish)

    return looked


def changed(stored: StoredFile, **values: Any) -> StoredFile:
    with tenant_scope(stored.tenant_id):
        StoredFile.objects.filter(pk=stored.pk).update(**values)
        now: StoredFile = StoredFile.objects.select_related("app").get(pk=stored.pk)
    return now


def version_of(stored: StoredFile, bucket: str) -> dict[str, str]:
    """How storage's own programs call the file's bytes."""
    version = ObjectVersions(s3_client(), bucket).of(str(stored.key()))[-1]
    return {"Bucket": bucket, "Key": version.key, "VersionId": version.version_id}


def shorten(stored: StoredFile, bucket: str, days: int) -> None:
    """By somebody with the right to pass a retention."""
    wanted: Any = {"Mode": "GOVERNANCE", "RetainUntilDate": clock.now() + days * A_DAY}
    s3_client().put_object_retention(
        **version_of(stored, bucket), Retention=wanted, BypassGovernanceRetention=True
    )  # fmt: skip


def end_hold(stored: StoredFile, bucket: str) -> None:
    s3_client().put_object_legal_hold(**version_of(stored, bucket), LegalHold={"Status": "OFF"})


def kept_for(stored: StoredFile, lock: S3ObjectLock) -> int:
    until = lock.kept_until(stored.key(), stored.etag)
    return 0 if until is None else round((until - clock.now()) / A_DAY)


def test_what_storage_locks_as_it_must_is_no_finding(kept: StoredFile, held: StoredFile, look: Look) -> None:
    report = look(repair=True)
    assert (report.findings, report.asked, report.to_lock) == ([], 2, 2)


def test_a_retention_that_was_shortened_is_told_in_numbers_and_set_again(
    kept: StoredFile, lock: S3ObjectLock, look: Look, settings: Any
) -> None:
    shorten(kept, settings.S3_BUCKET, 3)
    assert count_waiting(kept.tenant_id) == 0, "the rows know nothing of it"
    told = look()
    assert [(one.kind, one.what, one.size, one.days) for one in told.findings] == [
        (Kind.KEPT_SHORT, str(kept.key()), kept.size, 98)
    ]
    assert "1 (9 bytes) files that storage keeps shorter than they must stay, by up to 98 days: would be kept" in (
        "\n".join(told.lines(repaired=False))
    )
    assert kept_for(kept, lock) == 3, "looking changes nothing"
    assert look(repair=True).counts() == {"kept_short": 1}
    assert kept_for(kept, lock) == 100
    assert look().findings == []
    with tenant_scope(kept.tenant_id):
        found = AuditEvent.objects.get(action=AuditAction.STORAGE_RECONCILED)
    assert found.detail == {"found": {"kept_short": 1}}


def test_what_storage_takes_no_retention_for_is_left_to_a_person_and_not_called_kept(
    kept: StoredFile, lock: S3ObjectLock, look: Look, settings: Any, monkeypatch: Any
) -> None:
    shorten(kept, settings.S3_BUCKET, 3)
    monkeypatch.setattr(ObjectVersions, "set_retention", lambda *_: None)  # storage says yes, and keeps nothing
    assert look(repair=True).counts() == {"not_kept": 1}
    assert count_waiting(kept.tenant_id) == 1
    monkeypatch.undo()
    assert keep_files(lock, kept.tenant_id) == 1


def test_a_hold_that_was_ended_in_storage_is_told_and_placed_again(
    held: StoredFile, lock: S3ObjectLock, look: Look, settings: Any
) -> None:
    end_hold(held, settings.S3_BUCKET)
    assert look().counts() == {"hold_ended": 1}
    assert not lock.is_held(held.key(), held.etag)
    look(repair=True)
    assert lock.is_held(held.key(), held.etag)
    assert look().findings == []


def test_a_hold_that_storage_does_not_take_again_is_no_longer_called_bound(
    held: StoredFile, lock: S3ObjectLock, look: Look, settings: Any, monkeypatch: Any
) -> None:
    end_hold(held, settings.S3_BUCKET)
    monkeypatch.setattr(ObjectVersions, "set_hold", lambda *_, **__: False)
    assert look(repair=True).counts() == {"not_held": 1}
    bind_holds(lock, held.tenant_id)
    with tenant_scope(held.tenant_id):
        assert LegalHold.objects.get().binding == Binding.PENDING


def test_what_came_just_now_and_what_is_in_a_sandbox_is_left_alone(kept: StoredFile, look: Look) -> None:
    assert look(now=clock.now()).to_lock == 0
    with tenant_scope(kept.tenant_id):
        Workspace.objects.filter(pk=kept.app.workspace_id).update(kind=WorkspaceKind.SANDBOX)
    assert look().to_lock == 0


class Asked:
    """A lock that keeps everything for ever, and remembers what it was asked about."""

    def __init__(self) -> None:
        self.names = list[uuid.UUID]()

    def is_there(self) -> bool:
        return True

    def kept_until(self, key: ObjectKey, _etag: str) -> dt.datetime:
        self.names.append(key.name)
        return clock.now() + 1_000 * A_DAY


def test_wherever_it_begins_each_file_is_asked_about_once_until_the_time_is_over(
    app: MicroApp, locked_store: ObjectStore, look: Look, monkeypatch: Any
) -> None:
    files = [filed(app, locked_store, name=f"{number}.jpg") for number in range(5)]
    for stored in files:
        changed(stored, retained_until=clock.now() + A_DAY)
    monkeypatch.setattr(unlocked, "PAGE", 2)
    for place in range(5):
        monkeypatch.setattr(unlocked.random, "randrange", lambda _count, place=place: place)
        asked = Asked()
        assert look(lock=asked).asked == 5
        assert asked.names[0] == files[place].pk
        assert sorted(asked.names) == [stored.pk for stored in files]
    assert look(lock=Asked(), lock_until=clock.now() - A_DAY).asked == 0


def test_the_round_and_the_command_ask_storage(
    app: MicroApp, kept: StoredFile, lock: S3ObjectLock, locked_store: ObjectStore, settings: Any, monkeypatch: Any
) -> None:
    long_ago = kept.created_at - dt.timedelta(hours=2)
    for place in (tasks, command):
        monkeypatch.setattr(place, "object_lock", lambda: lock)
        monkeypatch.setattr(place, "object_store", lambda: locked_store)
        shorten(changed(kept, created_at=long_ago), settings.S3_BUCKET, 3)
        if place is command:
            told = io.StringIO()
            call_command("reconcile", "--tenant", str(app.tenant_id), stdout=told)
            assert "asked storage whether it locks 1 of 1 that it must" in told.getvalue()
        else:
            tasks.reconcile_one(str(app.tenant_id))
        assert kept_for(kept, lock) == 100
