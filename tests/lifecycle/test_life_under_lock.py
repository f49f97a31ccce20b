"""The same life in a bucket with object lock: whatever comes in between, storage holds what it was told to hold."""

import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from lifecycle.binding import bind_holds
from lifecycle.deletion import delete_due
from storage.archive import S3Archive
from storage.hold_models import Binding
from storage.models import HeldObject, LegalHold, StoredFile
from storage.object_lock import S3ObjectLock
from storage.object_store import ObjectStore, s3_client
from storage.object_versions import ObjectVersions
from tenancy.scoping import tenant_scope
from tests.lifecycle import test_state_machine
from tests.lifecycle.judges import GOOD
from tests.lifecycle.test_state_machine import Life

SHORT = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # a failure is told as it was found: making it smaller takes minutes of real storage
)


class LifeUnderLock(Life):
    """Adds the round that binds, and somebody with storage's own keys."""

    lock: S3ObjectLock
    versions: ObjectVersions

    def kept_by_storage(self) -> set[uuid.UUID]:
        with tenant_scope(self.app.tenant_id):
            return set(HeldObject.objects.values_list("file_id", flat=True))

    def is_held(self, stored: StoredFile) -> bool:
        return any(self.versions.is_on_hold(version) for version in self.versions.of(str(stored.key())))

    def is_covered(self, stored: StoredFile) -> bool:
        return any(covered in {None, stored.pk} for covered in self.holds.values())

    @rule()
    def bind(self) -> None:
        bind_holds(self.lock, self.app.tenant_id)
        files = self.files()
        assert [self.is_held(stored) for stored in files] == [self.is_covered(stored) for stored in files]
        with tenant_scope(self.app.tenant_id):
            bindings = set(LegalHold.objects.filter(lifted_at=None).values_list("binding", flat=True))
        assert bindings <= {Binding.BOUND}

    @rule(length=st.integers(1, 50))
    def keep_evidence(self, length: int) -> None:
        """Steps that chance alone seldom puts together."""
        self.upload(GOOD, length, "c", False)
        self.scan()
        self.place_hold(0, True)
        self.bind()

    @precondition(lambda self: self.holds)
    @rule()
    def end_the_case(self) -> None:
        self.time_passes(12)
        self.lift_hold()

    @precondition(lambda self: any(self.is_held(stored) for stored in self.files()))
    @rule()
    def destroy_in_storage(self) -> None:
        for stored in filter(self.is_held, self.files()):
            with pytest.raises(ClientError):
                self.lock._client.delete_object(
                    Bucket=self.lock._bucket,
                    Key=str(stored.key()),
                    VersionId=self.versions.of(str(stored.key()))[-1].version_id,
                    BypassGovernanceRetention=True,
                )

    @rule()
    def delete(self) -> None:
        """What storage may still hold waits for its letting go."""
        before, kept = self.files(), self.kept_by_storage()
        going = {
            stored.pk
            for stored in before
            if self.is_over(stored) and not self.must_stay(stored) and stored.pk not in kept
        }
        assert delete_due(self.store, self.app.tenant_id, self.now) == len(going)
        assert {stored.pk for stored in self.files()} == {stored.pk for stored in before} - going
        gone = [stored for stored in before if stored.pk in going]
        assert [version for stored in gone for version in self.versions.of(str(stored.key()))] == []


def test_nothing_is_lost_and_nothing_stays_too_long_where_storage_locks(
    locked_store: ObjectStore, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = settings.S3_BUCKET
    monkeypatch.setattr(test_state_machine, "archive", lambda: S3Archive(s3_client(), bucket, ""))
    LifeUnderLock.store = locked_store
    LifeUnderLock.lock, LifeUnderLock.versions = S3ObjectLock(s3_client(), bucket), ObjectVersions(s3_client(), bucket)
    run_state_machine_as_test(LifeUnderLock, settings=SHORT)
