"""A template keeps files of some labels otherwise: longer, shorter or archived sooner, whatever their owner sets."""

import datetime as dt
from typing import Any

import msgspec
import pytest
from django.test import Client

from kernel import clock
from kernel.errors import FILE_RETAINED, Problem
from lifecycle import keeping, trash
from lifecycle.archiving import archive_due
from lifecycle.deletion import delete_due
from lifecycle.preview import preview
from policy.shape import LabelTerms
from storage.archive import archive
from storage.handling import Handling
from storage.models import Keeping, StoredFile, Upload
from storage.object_store import ObjectStore
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import new_person
from tests.lifecycle.conftest import filed
from tests.marketplace.app_world import browser_of

OWNER = "user:owner"
BY_LABEL = (
    LabelTerms(classification="regulated", minimum_days=120),
    LabelTerms(kind="photo", delete_after_days=30, archive_after_days=5),
)
REGULATED = {"classification": "regulated", "kind": "letter"}
PHOTO = {"classification": "internal", "kind": "photo"}
REGULATED_PHOTO = {"classification": "regulated", "kind": "photo"}
OTHER = {"classification": "internal", "kind": "letter"}
ALL = {"regulated": REGULATED, "photo": PHOTO, "both": REGULATED_PHOTO, "other": OTHER}


@pytest.fixture
def kept(app: MicroApp, store: ObjectStore) -> dict[str, StoredFile]:
    """Files of every label, 40 days old, in an app that keeps files for 90 days."""
    with tenant_scope(app.tenant_id):
        Keeping.objects.create(
            tenant_id=app.tenant_id, app=app, delete_after_days=90, longest_days=90, terms=msgspec.to_builtins(BY_LABEL)
        )
    files = {name: filed(app, store, name=name) for name in ALL}
    with tenant_scope(app.tenant_id):
        for name, stored in files.items():
            born = clock.now() - dt.timedelta(days=40)
            StoredFile.objects.filter(pk=stored.pk).update(labels=ALL[name], created_at=born)
        keeping.change(app, 90, None, actor=OWNER)
        return {stored.name: stored for stored in StoredFile.objects.select_related("app")}


def days(stored: StoredFile, until: dt.datetime | None) -> int | None:
    return None if until is None else (until - stored.created_at).days


def dates(files: dict[str, StoredFile]) -> dict[str, tuple[int | None, ...]]:
    """When each is deleted, archived, and until when it must stay; in days from its birth."""
    return {
        name: tuple(days(stored, until) for until in (stored.delete_at, stored.archive_at, stored.retained_until))
        for name, stored in files.items()
    }


def names(app: MicroApp) -> set[str]:
    with tenant_scope(app.tenant_id):
        return set(StoredFile.objects.values_list("name", flat=True))


def test_each_file_has_the_dates_of_its_labels(kept: dict[str, StoredFile]) -> None:
    assert dates(kept) == {
        "regulated": (120, None, 120), "photo": (30, 5, None), "both": (120, 5, 120), "other": (90, None, None)
    }  # fmt: skip


def test_the_round_deletes_and_archives_by_them(app: MicroApp, kept: dict[str, StoredFile], store: ObjectStore) -> None:
    assert archive_due(archive(), app.tenant_id) == 2
    assert delete_due(store, app.tenant_id) == 1
    assert names(app) == {"regulated", "both", "other"}
    later = clock.now() + dt.timedelta(days=60)
    assert delete_due(store, app.tenant_id, later) == 1
    assert names(app) == {"regulated", "both"}
    assert delete_due(store, app.tenant_id, later + dt.timedelta(days=21)) == 2


def test_nobody_throws_away_what_its_label_keeps(app: MicroApp, kept: dict[str, StoredFile]) -> None:
    with tenant_scope(app.tenant_id):
        with pytest.raises(Problem) as refused:
            trash.put(app, kept["regulated"].pk, actor=OWNER)
        assert refused.value.type is FILE_RETAINED
        assert trash.put(app, kept["photo"].pk, actor=OWNER).trashed_at


def test_what_a_label_keeps_does_not_crowd_out_the_others(
    app: MicroApp, kept: dict[str, StoredFile], store: ObjectStore, monkeypatch: Any
) -> None:
    monkeypatch.setattr("lifecycle.deletion.BATCH", 1)
    with tenant_scope(app.tenant_id):
        StoredFile.objects.filter(pk=kept["regulated"].pk).update(delete_at=kept["regulated"].created_at)
    assert delete_due(store, app.tenant_id) == 1
    assert names(app) == {"regulated", "both", "other"}


def test_the_owners_days_hold_beside_them_and_the_preview_says_so_before(
    app: MicroApp, kept: dict[str, StoredFile], store: ObjectStore
) -> None:
    with tenant_scope(app.tenant_id):
        looked = preview(app, 35)
        assert (looked.files, looked.deleted_now, looked.kept_by_label) == (4, 2, 2)
        assert (looked.sooner, looked.later) == (1, 0)
        keeping.change(app, 35, actor=OWNER)
        files = {stored.name: stored for stored in StoredFile.objects.all()}
    assert dates(files)["regulated"] == (120, None, 120)
    assert dates(files)["other"] == (35, None, None)
    assert delete_due(store, app.tenant_id) == looked.deleted_now
    assert names(app) == {"regulated", "both"}


def test_a_file_gets_the_dates_of_the_labels_that_it_has_once_it_was_looked_at(
    app: MicroApp, store: ObjectStore, monkeypatch: Any
) -> None:
    """A search may have raised its class since its upload began."""

    def labelled(upload: Upload) -> None:
        wishes = Handling(by_label=BY_LABEL, archive_days=50)
        Upload.objects.filter(pk=upload.pk).update(handling=wishes.to_keep(), keep_days=90, labels=REGULATED_PHOTO)

    with monkeypatch.context() as patch:
        patch.setattr("tests.lifecycle.conftest.object_tags", lambda upload: labelled_and_tagged(app, upload, labelled))
        stored = filed(app, store)
    assert dates({"new": stored}) == {"new": (120, 5, 120)}


def labelled_and_tagged(app: MicroApp, upload: Upload, label: Any) -> dict[str, str]:
    with tenant_scope(app.tenant_id):
        label(upload)
    return {"app": str(app.id)}


def test_pages_and_consent_say_it_in_the_readers_language(store: ObjectStore) -> None:
    person = new_person("hr-document-intake", frozenset())
    page, slug = browser_of(person.user), person.app.slug
    kept_page = page.get(f"/apps/{slug}/keeping/").content.decode()
    assert "Files of the kind “staff document” at least 60 days" in kept_page
    assert "Files of the kind “staff picture” at most 90 days" in kept_page
    auf_deutsch = page.get(f"/apps/{slug}/keeping/", headers={"Accept-Language": "de"}).content.decode()
    assert "Dateien der Art „staff document“ mindestens 60 Tage" in auf_deutsch
    lines = page.get(f"/go/{slug}/surface.json").json()["consent"]["lines"]
    least, most = (
        "files of the kind “staff document” at least 60 days",
        "files of the kind “staff picture” at most 90 days",
    )
    assert f"They are kept for 180 days ({least}; {most}), then deleted." in lines
    shorter = page.post(f"/apps/{slug}/keeping/", {"days": "80", "confirm": "yes"}, follow=True).content.decode()
    assert "“staff document” at least 60 days" in shorter
    assert "staff picture" not in shorter, "all files go sooner than these by now"


def test_on_the_page_the_preview_counts_what_its_label_keeps(store: ObjectStore) -> None:
    person = new_person("hr-document-intake", frozenset())
    stored = filed(person.app, store, name="contract.pdf")
    with tenant_scope(person.app.tenant_id):
        born = clock.now() - dt.timedelta(days=40)
        labels = {"classification": "confidential", "kind": "staff-document"}
        StoredFile.objects.filter(pk=stored.pk).update(created_at=born, labels=labels)
    page: Client = browser_of(person.user)
    looked = page.post(f"/apps/{person.app.slug}/keeping/", {"days": "30"}).content.decode()
    assert "0 (0 bytes) would be deleted within minutes" in looked
    assert "1 stays longer all the same: its label says so" in looked
