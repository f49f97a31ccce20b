"""When what is known of malware changes, files are looked at again; what is found then is locked at once."""

import uuid
from pathlib import Path

import pytest

from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel import clock
from kernel.errors import Problem
from kernel.identifiers import new_id
from notices.models import Notice
from quotas import reservations
from scanning import pipeline, rescans, verdicts
from scanning.decisions import give_up, unlock
from scanning.engines.port import Engine, EngineUnavailableError
from scanning.engines.registry import engines
from scanning.engines.yara import SHIPPED, YaraEngine
from storage import filing
from storage.models import StoredFile
from storage.object_store import ObjectStore
from tenancy.models import MicroApp
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.scanning import samples
from tests.scanning.doubts import person
from tests.scanning.world import arrive, file_of, new_app

BODY = samples.PDF + b"%% the word that became known later\n"
NEW_RULE = 'rule later { meta: words = "known since today" strings: $a = "became known later" condition: $a }'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def rules(folder: Path) -> list[Engine]:
    return [YaraEngine(SHIPPED, folder)]


@pytest.fixture
def stored(app: MicroApp, store: ObjectStore, clamd_url: str) -> StoredFile:
    upload = arrive(app, store, BODY, "application/pdf", "letter.pdf")
    pipeline.scan_upload(store, engines(clamd_url), app.tenant_id, upload.id)
    found = file_of(upload)
    assert found is not None
    return found


def now_of(stored: StoredFile) -> StoredFile:
    with tenant_scope(stored.tenant_id):
        return StoredFile.objects.select_related("app").get(pk=stored.pk)


def found_later(stored: StoredFile, store: ObjectStore, rules: list[Engine], folder: Path) -> StoredFile:
    (folder / "later.yar").write_text(NEW_RULE)
    assert rescans.due(rules, stored.tenant_id) == [stored.id]
    assert rescans.rescan(store, rules, stored.tenant_id, stored.id)
    return now_of(stored)


def test_without_news_nothing_is_looked_at_again(stored: StoredFile, clamd_url: str) -> None:
    assert rescans.due(engines(clamd_url), stored.tenant_id) == []


def test_what_is_found_later_is_locked_and_told_at_once(
    stored: StoredFile, store: ObjectStore, rules: list[Engine], folder: Path
) -> None:
    locked = found_later(stored, store, rules, folder)
    assert locked.locked_at is not None
    with tenant_scope(stored.tenant_id):
        event = AuditEvent.objects.filter(subject=f"file:{stored.id}", action=AuditAction.FILE_LOCKED).get()
        assert event.detail == {"problem": "FILE_INFECTED"}
        assert Notice.objects.filter(kind="file.held", facts__file="letter.pdf").count() == 1
        history = list(verdicts.of(stored.id).filter(engine="rules").values_list("outcome", "detail"))
    assert history == [("rejected", "later: known since today"), ("clean", "no rule fits")]
    assert rescans.due(rules, stored.tenant_id) == []
    assert not rescans.rescan(store, rules, stored.tenant_id, stored.id)


def test_clean_again_is_kept_once(stored: StoredFile, store: ObjectStore, rules: list[Engine], folder: Path) -> None:
    for number in range(3):
        (folder / "other.yar").write_text(f"rule other {{ condition: filesize < 0 and {number} == 1 }}")
        assert rescans.due(rules, stored.tenant_id) == [stored.id]
        assert not rescans.rescan(store, rules, stored.tenant_id, stored.id)
    with tenant_scope(stored.tenant_id):
        assert verdicts.of(stored.id).filter(engine="rules").count() == 2


@pytest.mark.parametrize("archived_as", ["GLACIER", "DEEP_ARCHIVE"])
def test_what_cannot_be_read_in_the_archive_waits_until_it_is_back(
    stored: StoredFile, store: ObjectStore, rules: list[Engine], folder: Path, archived_as: str
) -> None:
    with tenant_scope(stored.tenant_id):
        StoredFile.objects.filter(pk=stored.pk).update(archived_at=clock.now(), archived_as=archived_as)
    (folder / "later.yar").write_text(NEW_RULE)
    assert rescans.due(rules, stored.tenant_id) == []
    with tenant_scope(stored.tenant_id):
        StoredFile.objects.filter(pk=stored.pk).update(archived_at=None, archived_as="")
    assert found_later(stored, store, rules, folder).locked_at


@pytest.mark.parametrize("archived_as", ["tag", "GLACIER_IR", "STANDARD_IA"])
def test_what_opens_at_once_in_the_archive_is_looked_at_there(
    stored: StoredFile, store: ObjectStore, rules: list[Engine], folder: Path, archived_as: str
) -> None:
    with tenant_scope(stored.tenant_id):
        StoredFile.objects.filter(pk=stored.pk).update(archived_at=clock.now(), archived_as=archived_as)
    assert found_later(stored, store, rules, folder).locked_at


def test_an_owner_opens_it_again_and_the_same_finding_stays_quiet(
    stored: StoredFile, store: ObjectStore, rules: list[Engine], folder: Path
) -> None:
    locked = found_later(stored, store, rules, folder)
    owner = person(locked.app, Role.OWNER)
    assert unlock(locked, owner, "Our own letter.").locked_at is None
    (folder / "later.yar").write_text(NEW_RULE.replace("since today", "since yesterday"))
    assert rescans.due(rules, stored.tenant_id) == [stored.id]
    assert not rescans.rescan(store, rules, stored.tenant_id, stored.id)
    with tenant_scope(stored.tenant_id):
        told = AuditEvent.objects.filter(subject=f"file:{stored.id}", action=AuditAction.FILE_UNLOCKED).get()
    assert (told.actor, told.detail["reason"]) == (f"user:{owner}", "Our own letter.")


def test_an_owner_gives_it_up_and_lifecycle_deletes_it(
    stored: StoredFile, store: ObjectStore, rules: list[Engine], folder: Path
) -> None:
    locked = found_later(stored, store, rules, folder)
    gone = give_up(locked, person(locked.app, Role.OWNER), "It is one.")
    assert gone.purge_at is not None
    assert now_of(stored).locked_at is not None


@pytest.mark.parametrize("decide", [unlock, give_up])
def test_nobody_else_decides_and_nobody_without_a_reason(
    stored: StoredFile, store: ObjectStore, rules: list[Engine], folder: Path, decide: object
) -> None:
    locked = found_later(stored, store, rules, folder)
    for who, reason in ((person(locked.app, Role.BUILDER), "x"), (person(locked.app, Role.OWNER), " ")):
        with pytest.raises(Problem):
            decide(locked, who, reason)  # type: ignore[operator]
    assert now_of(stored).locked_at is not None


def test_what_is_not_locked_is_not_unlocked(stored: StoredFile) -> None:
    with pytest.raises(Problem) as raised:
        unlock(now_of(stored), person(now_of(stored).app, Role.OWNER), "Why not.")
    assert raised.value.type.code == "CHANGED_MEANWHILE"


def test_a_copy_is_looked_at_too(stored: StoredFile, store: ObjectStore, rules: list[Engine], folder: Path) -> None:
    copy_id = new_id()
    with tenant_scope(stored.tenant_id):
        held = reservations.reserve(stored.app, stored.size)
        reservations.settle(held, stored.size)
        etag = store.copy(
            stored.key(),
            stored.etag,
            type(stored.key())(stored.tenant_id, stored.app_id, stored.key().area, copy_id),
            {},
            encryption_key="",
        )
        filing.file_copy(
            now_of(stored),
            copy_id,
            etag=etag,
            folder=None,
            name="copy.pdf",
            labels={},
            rules=None,
            reservation=held,
            created_by="user:x",
        )
    (folder / "later.yar").write_text(NEW_RULE)
    assert set(rescans.due(rules, stored.tenant_id)) == {stored.id, copy_id}
    assert rescans.rescan(store, rules, stored.tenant_id, copy_id)
    with tenant_scope(stored.tenant_id):
        assert verdicts.of(copy_id).get().outcome == "rejected"


def test_rules_with_a_mistake_lock_nothing_and_skip_nothing(
    stored: StoredFile, store: ObjectStore, rules: list[Engine], folder: Path
) -> None:
    (folder / "broken.yar").write_text("rule {")
    with pytest.raises(EngineUnavailableError):
        rescans.due(rules, stored.tenant_id)


def test_another_tenants_file_is_not_there(stored: StoredFile, store: ObjectStore, rules: list[Engine]) -> None:
    assert rescans.due(rules, new_app().tenant_id) == []
    assert not rescans.rescan(store, rules, new_app().tenant_id, stored.id)
    assert not rescans.rescan(store, rules, stored.tenant_id, uuid.uuid4())
