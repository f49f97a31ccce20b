"""Upload, scan, decide, replace, hold, throw away, restore, archive, delete in any order, on the real database.

After every step: nothing that must stay is gone, nothing unclean is a file, and usage is what storage holds.
"""

import datetime as dt
import uuid
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kernel import clock
from kernel.errors import Problem
from lifecycle import archiving, holds, keeping, trash
from lifecycle.deletion import delete_due
from lifecycle.preview import preview
from lifecycle.reconcile import reconcile
from policy.shape import LabelTerms
from scanning import decisions, pipeline
from storage.archive import archive
from storage.handling import Handling
from storage.inventory import inventory
from storage.models import Keeping, StoredFile, Upload
from storage.object_store import ObjectStore, object_store
from storage.states import UploadState
from tenancy.models import MicroApp
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.lifecycle.judges import BAD, DOUBTFUL, GOOD, Judge
from tests.scanning.doubts import person
from tests.scanning.world import arrive, bytes_used, new_app

KEPT, MUST_STAY, TRASH, VERSIONS = 20, 5, 10, 1
LONGER = 25
PAPERS, PHOTOS = LabelTerms(kind="paper", minimum_days=LONGER), LabelTerms(kind="photo", archive_after_days=2)
"""Files named a are papers, which stay longer than all files are kept; the others are photos, archived sooner."""
BODIES = (GOOD, BAD, DOUBTFUL)


class Life(RuleBasedStateMachine):
    """One app; `today` runs ahead of the clock, in days."""

    store: ObjectStore

    @initialize()
    def begin(self) -> None:
        self.app: MicroApp = new_app()
        self.owner: uuid.UUID = person(self.app, Role.OWNER)
        self.today, self.holds = 0, dict[uuid.UUID, uuid.UUID | None]()
        with tenant_scope(self.app.tenant_id):
            Keeping.objects.create(
                tenant_id=self.app.tenant_id, app=self.app, delete_after_days=KEPT, minimum_days=MUST_STAY,
                longest_days=KEPT, archive_after_days=3, latest_archive_days=3,
                terms=msgspec.to_builtins([PAPERS, PHOTOS]),
            )  # fmt: skip

    @property
    def now(self) -> dt.datetime:
        return clock.now() + dt.timedelta(days=self.today)

    def uploads(self, *states: UploadState) -> list[Upload]:
        with tenant_scope(self.app.tenant_id):
            return list(Upload.objects.filter(app=self.app, state__in=states).order_by("id"))

    def files(self) -> list[StoredFile]:
        with tenant_scope(self.app.tenant_id):
            return list(StoredFile.objects.filter(app=self.app).order_by("id"))

    def must_stay(self, stored: StoredFile) -> bool:
        on_hold = any(covered in {None, stored.pk} for covered in self.holds.values())
        return on_hold or self.is_young(stored, self.now)

    def is_young(self, stored: StoredFile, now: dt.datetime) -> bool:
        return now < stored.created_at + dt.timedelta(days=LONGER if stored.name.startswith("a") else MUST_STAY)

    def is_over(self, stored: StoredFile) -> bool:
        dates = (stored.delete_at, stored.purge_at)
        return any(date is not None and date <= self.now for date in dates)

    @rule(body=st.sampled_from(BODIES), length=st.integers(1, 50), name=st.sampled_from("ab"), replace=st.booleans())
    def upload(self, body: bytes, length: int, name: str, replace: bool) -> None:
        wishes = Handling(
            replace=replace, versions=VERSIONS, version_days=TRASH, archive_days=3, minimum_days=MUST_STAY,
            by_label=(PAPERS, PHOTOS),
        )  # fmt: skip
        labels = {"classification": "internal", "kind": "paper" if name == "a" else "photo"}
        arrived = arrive(self.app, self.store, body + bytes(length), "text/plain", f"{name}.txt", ["judge"])
        with tenant_scope(self.app.tenant_id):
            Upload.objects.filter(pk=arrived.pk).update(handling=wishes.to_keep(), keep_days=KEPT, labels=labels)

    @rule()
    def scan(self) -> None:
        for upload in self.uploads(UploadState.RECEIVED, UploadState.SCANNING):
            pipeline.scan_upload(self.store, [Judge()], self.app.tenant_id, upload.pk)

    @precondition(lambda self: self.uploads(UploadState.HELD))
    @rule(release=st.booleans())
    def decide(self, release: bool) -> None:
        step = decisions.release if release else decisions.refuse
        decided = step(self.uploads(UploadState.HELD)[0], self.owner, "looked at it")
        if not release:
            pipeline.scan_upload(self.store, [Judge()], self.app.tenant_id, decided.pk)  # what the queue was handed

    @precondition(lambda self: self.files())
    @rule(which=st.integers(0, 9), everything=st.booleans())
    def place_hold(self, which: int, everything: bool) -> None:
        covered = None if everything else self.files()[which % len(self.files())].pk
        with tenant_scope(self.app.tenant_id):
            placed = holds.place(self.app, covered, reason="a lawsuit", actor="user:test")
        self.holds[placed.pk] = covered

    @precondition(lambda self: self.holds)
    @rule()
    def lift_hold(self) -> None:
        hold_id, _ = self.holds.popitem()
        with tenant_scope(self.app.tenant_id):
            holds.lift(self.app, hold_id, reason="settled", actor="user:test")

    @precondition(lambda self: self.files())
    @rule(which=st.integers(0, 9))
    def throw_away(self, which: int) -> None:
        stored = self.files()[which % len(self.files())]
        young = self.is_young(stored, clock.now())
        held = any(covered in {None, stored.pk} for covered in self.holds.values())
        with tenant_scope(self.app.tenant_id):
            try:
                trash.put(self.app, stored.pk, actor="user:test")
            except Problem as problem:
                assert problem.type.code == ("FILE_ON_HOLD" if held else "FILE_RETAINED")
            else:
                assert stored.trashed_at or not (held or young)

    @precondition(lambda self: any(stored.trashed_at for stored in self.files()))
    @rule(which=st.integers(0, 9))
    def restore(self, which: int) -> None:
        """Thrown away or replaced, it is a file again, under a name that no other has, and stays as long as before."""
        thrown_away = [stored for stored in self.files() if stored.trashed_at]
        stored = thrown_away[which % len(thrown_away)]
        with tenant_scope(self.app.tenant_id):
            back = trash.take_out(self.app, stored.pk, actor="user:test")
        assert (back.trashed_at, back.purge_at, back.version_of) == (None, None, None)
        assert (back.delete_at, back.retained_until) == (stored.delete_at, stored.retained_until)

    @rule(days=st.integers(1, 12))
    def time_passes(self, days: int) -> None:
        self.today += days

    @rule()
    def delete(self) -> None:
        before = self.files()
        going = {stored.pk for stored in before if self.is_over(stored) and not self.must_stay(stored)}
        assert delete_due(self.store, self.app.tenant_id, self.now) == len(going)
        assert {stored.pk for stored in self.files()} == {stored.pk for stored in before} - going

    @precondition(lambda self: self.files())
    @rule(days=st.integers(MUST_STAY, KEPT))
    def keep_otherwise(self, days: int) -> None:
        """The owner changes the days: what is seen before is what comes of it, and no label's days are lost."""
        with tenant_scope(self.app.tenant_id):
            looked = preview(self.app, days, 3, self.now)
            keeping.change(self.app, days, 3, actor="user:test")
        kept = {stored.pk for stored in self.files() if stored.delete_at and stored.delete_at > self.now}
        held = {stored.pk for stored in self.files() if set(self.holds.values()) & {None, stored.pk}}
        assert looked.deleted_now == len({stored.pk for stored in self.files()} - kept - held)
        for stored in self.files():
            longest = LONGER if stored.name.startswith("a") else days
            assert stored.delete_at == stored.created_at + dt.timedelta(days=longest)

    @rule()
    def archive(self) -> None:
        covered = set(self.holds.values())
        due = [
            stored
            for stored in self.files()
            if None not in covered and stored.pk not in covered and not stored.trashed_at and not stored.archived_at
            and stored.archive_at and stored.archive_at <= self.now
        ]  # fmt: skip
        assert archiving.archive_due(archive(), self.app.tenant_id, self.now) == len(due)

    @rule()
    def bring_back(self) -> None:
        away = [stored for stored in self.files() if stored.archived_at]
        with tenant_scope(self.app.tenant_id):
            for stored in away:
                archiving.ask_back(self.app, stored.pk, actor="user:test")
        assert archiving.fetch_asked(archive(), self.app.tenant_id, self.now) == len(away)

    @invariant()
    def usage_is_what_is_stored(self) -> None:
        if not hasattr(self, "app"):
            return
        waiting = self.uploads(UploadState.RECEIVED, UploadState.SCANNING, UploadState.HELD)
        stored = sum(file.size for file in self.files()) + sum(upload.actual_size or 0 for upload in waiting)
        assert bytes_used(self.app) == (stored, 0)

    @invariant()
    def only_what_is_clean_or_released_is_a_file_and_each_name_stands_once(self) -> None:
        if not hasattr(self, "app"):
            return
        names = [stored.name for stored in self.files() if stored.trashed_at is None]
        assert len(names) == len(set(names))
        for stored in self.files():
            body = b"".join(self.store.read(stored.key(), stored.etag))
            assert not body.startswith(BAD)
            assert len(body) == stored.size

    def teardown(self) -> None:
        """Whatever happened, storage and records agree."""
        if hasattr(self, "app"):
            report = reconcile(
                self.store, inventory(), self.app.tenant_id, repair=False, now=clock.now() + dt.timedelta(hours=2)
            )
            assert report.counts() == {}
            assert report.files == len(self.files())


@pytest.fixture
def life(store: ObjectStore) -> type[Life]:
    Life.store = object_store()
    return Life


def test_nothing_is_lost_and_nothing_stays_too_long(life: Any) -> None:
    run_state_machine_as_test(
        life,
        settings=settings(
            max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
