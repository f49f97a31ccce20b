"""Database and storage disagree in every way there is: each is told, and mended where that loses nothing."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel.identifiers import new_id
from kernel.object_keys import Area, ObjectKey
from lifecycle.findings import Kind
from lifecycle.reconcile import reconcile
from quotas.models import Quota, Reservation
from storage import transitions
from storage.inventory import inventory
from storage.models import StoredFile
from storage.object_store import ObjectStore, s3_client
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.lifecycle.conftest import filed
from tests.scanning.world import arrive, bytes_used

TAGS = {"app": "test"}


def look(app: MicroApp, store: ObjectStore, later: dt.datetime, *, repair: bool = False) -> Any:
    return reconcile(store, inventory(), app.tenant_id, repair=repair, now=later)


def stray(app: MicroApp, store: ObjectStore, area: Area) -> ObjectKey:
    key = ObjectKey(app.tenant_id, app.id, area, new_id())
    store.put(key, b"stray", "image/jpeg", TAGS, encryption_key="")
    return key


def test_where_everything_agrees_nothing_is_found(app: MicroApp, store: ObjectStore, later: dt.datetime) -> None:
    for number in range(3):
        filed(app, store, name=f"{number}.jpg")
    report = look(app, store, later, repair=True)
    assert (report.objects, report.files, report.findings) == (3, 3, [])


@pytest.mark.parametrize(
    ("area", "kind"),
    [(Area.FILES, Kind.ORPHAN), (Area.THUMBS, Kind.ORPHAN), (Area.QUARANTINE, Kind.LEFTOVER)],
)
def test_a_stray_object_is_told_then_deleted(
    app: MicroApp, store: ObjectStore, later: dt.datetime, area: Area, kind: Kind
) -> None:
    kept, key = filed(app, store), stray(app, store, area)
    looked = look(app, store, later)
    assert [(finding.kind, finding.what, finding.size) for finding in looked.findings] == [(kind, str(key), 5)]
    assert store.head(key) is not None
    look(app, store, later, repair=True)
    assert store.head(key) is None
    assert store.head(kept.key()) is not None
    assert look(app, store, later).findings == []


def test_what_is_young_may_be_on_its_way(app: MicroApp, store: ObjectStore) -> None:
    key = stray(app, store, Area.FILES)
    assert reconcile(store, inventory(), app.tenant_id, repair=True).findings == []
    assert store.head(key) is not None


def test_what_waits_for_a_scan_is_left_alone(app: MicroApp, store: ObjectStore, later: dt.datetime) -> None:
    upload = arrive(app, store, b"a picture")
    assert look(app, store, later, repair=True).findings == []
    assert store.head(upload.quarantine_key) is not None


def test_a_file_whose_bytes_are_gone_is_told_and_its_row_stays(
    app: MicroApp, store: ObjectStore, later: dt.datetime
) -> None:
    lost, kept = filed(app, store, name="lost.jpg"), filed(app, store, name="kept.jpg")
    store.delete(lost.key())
    report = look(app, store, later, repair=True)
    assert [(finding.kind, finding.what) for finding in report.findings] == [(Kind.MISSING, str(lost.key()))]
    with tenant_scope(app.tenant_id):
        assert StoredFile.objects.filter(pk__in=[lost.pk, kept.pk]).count() == 2


def test_bytes_that_changed_after_the_scan_are_told(app: MicroApp, store: ObjectStore, later: dt.datetime) -> None:
    stored = filed(app, store)
    store.put(stored.key(), b"something else entirely", "image/jpeg", TAGS, encryption_key="")
    report = look(app, store, later, repair=True)
    assert [finding.kind for finding in report.findings] == [Kind.CHANGED]


def test_what_somebody_else_put_there_is_told_and_left_alone(
    app: MicroApp, store: ObjectStore, later: dt.datetime, settings: Any
) -> None:
    strange = f"{app.tenant_id}/readme.txt"
    s3_client().put_object(Bucket=settings.S3_BUCKET, Key=strange, Body=b"hello")
    report = look(app, store, later, repair=True)
    assert [(finding.kind, finding.what) for finding in report.findings] == [(Kind.STRANGE, strange)]
    assert s3_client().head_object(Bucket=settings.S3_BUCKET, Key=strange)["ContentLength"] == 5


def test_an_unfinished_upload_in_parts_is_discarded(
    app: MicroApp, store: ObjectStore, later: dt.datetime, settings: Any
) -> None:
    key = str(ObjectKey(app.tenant_id, app.id, Area.QUARANTINE, new_id()))
    s3_client().create_multipart_upload(Bucket=settings.S3_BUCKET, Key=key)
    assert [finding.kind for finding in look(app, store, later, repair=True).findings] == [Kind.UNFINISHED]
    assert look(app, store, later).findings == []


def test_a_hold_that_outlived_its_upload_is_given_back(app: MicroApp, store: ObjectStore, later: dt.datetime) -> None:
    stored = filed(app, store)
    store.delete(stored.key())
    with tenant_scope(app.tenant_id):
        stored.delete()
    assert bytes_used(app) == (9, 0)
    report = look(app, store, later, repair=True)
    assert [finding.kind for finding in report.findings] == [Kind.LOST_HOLD]
    assert bytes_used(app) == (0, 0)


def test_a_quota_that_counted_wrong_is_set_right(app: MicroApp, store: ObjectStore, later: dt.datetime) -> None:
    filed(app, store)
    arrive(app, store, b"waiting")
    right = bytes_used(app)
    with tenant_scope(app.tenant_id):
        Quota.objects.update(bytes_used=1234, objects_held=7)
    looked = look(app, store, later)
    assert {finding.kind for finding in looked.findings} == {Kind.DRIFT}
    look(app, store, later, repair=True)
    assert bytes_used(app) == right
    assert look(app, store, later).findings == []


def test_what_was_mended_is_on_the_record(app: MicroApp, store: ObjectStore, later: dt.datetime) -> None:
    stray(app, store, Area.FILES)
    look(app, store, later)
    look(app, store, later, repair=True)
    with tenant_scope(app.tenant_id):
        events = AuditEvent.objects.filter(action=AuditAction.STORAGE_RECONCILED)
        assert [event.detail for event in events] == [{"found": {"orphan": 1}}]


def test_the_command_only_looks_when_asked_and_speaks_plainly(app: MicroApp, store: ObjectStore) -> None:
    filed(app, store)
    lost = filed(app, store, name="lost.jpg")
    with tenant_scope(app.tenant_id):
        StoredFile.objects.update(created_at=lost.created_at - dt.timedelta(hours=2))
        Quota.objects.filter(app=app).update(bytes_used=1_000_018)
    store.delete(lost.key())
    said = io.StringIO()
    call_command("reconcile", "--dry-run", "--tenant", str(app.tenant_id), stdout=said)
    assert "Looking only: nothing is changed." in said.getvalue()
    assert f"Acme ({app.tenant_id})" in said.getvalue()
    assert "1 objects in storage, 2 files in the database" in said.getvalue()
    assert "1 (1 MB) quotas that counted wrong: would be set to what is stored" in said.getvalue()
    assert f"missing: {lost.key()}" in said.getvalue()
    assert "Organisations looked at: 1. With something to tell: 1. Things left for a person: 1." in said.getvalue()
    assert bytes_used(app) == (1_000_018, 0)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(st.sampled_from(["file", "gone", "orphan", "wait", "refused"]), max_size=6))
def test_after_any_history_one_repair_makes_them_agree(
    app: MicroApp, store: ObjectStore, later: dt.datetime, plan: list[str]
) -> None:
    for step in plan:
        if step in {"file", "gone"}:
            stored = filed(app, store, name=f"{new_id()}.jpg")
            if step == "gone":
                with tenant_scope(app.tenant_id):
                    stored.delete()
        elif step == "orphan":
            stray(app, store, Area.FILES)
        else:
            upload = arrive(app, store, b"waiting")
            if step == "refused":
                with tenant_scope(app.tenant_id):
                    transitions.begin_scan(upload.id, actor="user:test")
                    Reservation.objects.filter(pk=upload.reservation_id).update(state=Reservation.State.SETTLED)
    look(app, store, later, repair=True)
    assert look(app, store, later).findings == []
    with tenant_scope(app.tenant_id):
        used = sum(StoredFile.objects.values_list("size", flat=True))
        waiting = sum(Reservation.objects.filter(file=None, state="settled").values_list("size", flat=True))
    assert bytes_used(app)[0] == used + waiting
