"""Owners change how long files stay: previewed, within the template's bounds, and never under a legal hold."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from kernel import clock
from kernel.errors import Problem
from kernel.identifiers import new_id
from lifecycle import holds, keeping
from lifecycle.deletion import delete_due
from lifecycle.preview import preview
from storage.hold_models import Binding
from storage.models import HeldObject, Keeping, LegalHold, StoredFile
from storage.object_store import ObjectStore
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import Person, new_person
from tests.lifecycle.conftest import filed
from tests.marketplace.own_keys import use_new_key
from tests.scanning.world import bytes_used

OWNER = "user:owner"


@pytest.fixture
def kept(app: MicroApp, store: ObjectStore) -> MicroApp:
    """An app that keeps files for 90 days, at least 10, with files of 5, 20 and 80 days."""
    with tenant_scope(app.tenant_id):
        Keeping.objects.create(
            tenant_id=app.tenant_id, app=app, delete_after_days=90, minimum_days=10, longest_days=90, label="marketing"
        )
    for age in (5, 20, 80):
        stored = filed(app, store, name=f"{age}.jpg")
        with tenant_scope(app.tenant_id):
            created = clock.now() - dt.timedelta(days=age)
            StoredFile.objects.filter(pk=stored.pk).update(
                created_at=created, delete_at=created + dt.timedelta(days=90)
            )
    return app


def names(app: MicroApp) -> set[str]:
    with tenant_scope(app.tenant_id):
        return set(StoredFile.objects.values_list("name", flat=True))


def test_the_preview_says_exactly_what_the_change_then_does(kept: MicroApp, store: ObjectStore) -> None:
    with tenant_scope(kept.tenant_id):
        looked = preview(kept, 30)
        assert (looked.files, looked.deleted_now, looked.sooner, looked.later) == (3, 1, 3, 0)
        keeping.change(kept, 30, actor=OWNER)
    assert delete_due(store, kept.tenant_id) == looked.deleted_now
    assert names(kept) == {"5.jpg", "20.jpg"}
    assert bytes_used(kept) == (18, 0)
    assert delete_due(store, kept.tenant_id) == 0


def test_looking_changes_nothing(kept: MicroApp, store: ObjectStore) -> None:
    with tenant_scope(kept.tenant_id):
        preview(kept, 10)
    assert delete_due(store, kept.tenant_id) == 0
    assert len(names(kept)) == 3


@pytest.mark.parametrize("days", [None, 0, 9, 91])
def test_no_owner_leaves_the_templates_bounds(kept: MicroApp, days: int | None) -> None:
    with tenant_scope(kept.tenant_id), pytest.raises(Problem) as refused, transaction.atomic():
        keeping.change(kept, days, actor=OWNER)
    assert refused.value.errors[0].pointer == "/delete_after_days"


@pytest.mark.parametrize("days", [None, 9, 91])
def test_the_database_holds_the_bounds_too(kept: MicroApp, days: int | None) -> None:
    with tenant_scope(kept.tenant_id), pytest.raises(IntegrityError), transaction.atomic():
        Keeping.objects.update(delete_after_days=days)


def test_under_a_hold_on_the_app_nothing_goes_and_after_it_everything_that_is_due(
    kept: MicroApp, store: ObjectStore
) -> None:
    with tenant_scope(kept.tenant_id):
        hold = holds.place(kept, None, reason="a lawsuit", actor=OWNER)
        looked = preview(kept, 10)
        assert (looked.deleted_now, looked.on_hold) == (0, 3)
        keeping.change(kept, 10, actor=OWNER)
    assert delete_due(store, kept.tenant_id) == 0
    with tenant_scope(kept.tenant_id):
        holds.lift(kept, hold.id, reason="settled", actor=OWNER)
    assert delete_due(store, kept.tenant_id) == 2
    assert names(kept) == {"5.jpg"}


def test_a_hold_on_one_file_holds_that_file_alone(kept: MicroApp, store: ObjectStore) -> None:
    with tenant_scope(kept.tenant_id):
        old = StoredFile.objects.get(name="80.jpg")
        holds.place(kept, old.pk, reason="evidence", actor=OWNER)
        keeping.change(kept, 10, actor=OWNER)
    assert delete_due(store, kept.tenant_id) == 1
    assert names(kept) == {"5.jpg", "80.jpg"}


def test_held_files_do_not_crowd_out_the_others(kept: MicroApp, store: ObjectStore, monkeypatch: Any) -> None:
    monkeypatch.setattr("lifecycle.deletion.BATCH", 1)
    with tenant_scope(kept.tenant_id):
        holds.place(kept, StoredFile.objects.get(name="80.jpg").pk, reason="evidence", actor=OWNER)
        keeping.change(kept, 10, actor=OWNER)
    assert delete_due(store, kept.tenant_id) == 1
    assert names(kept) == {"5.jpg", "80.jpg"}


def test_a_file_of_another_app_cannot_be_held(kept: MicroApp) -> None:
    with tenant_scope(kept.tenant_id), pytest.raises(Problem):
        holds.place(kept, new_id(), reason="x", actor=OWNER)


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_what_the_owner_set_is_what_people_agree_to_and_what_new_files_get(store: ObjectStore) -> None:
    person = new_person()
    page, slug = browser(person), person.app.slug
    looked = page.post(f"/apps/{slug}/keeping/", {"days": "30"}).content.decode()
    assert "would be deleted within minutes" in looked
    assert "90 days after they came in" in looked
    changed = page.post(f"/apps/{slug}/keeping/", {"days": "30", "confirm": "yes"}, follow=True).content.decode()
    assert "30 days after they came in" in changed
    surface = page.get(f"/go/{slug}/surface.json").json()
    assert any("30 days" in line for line in surface["consent"]["lines"])
    assert "30 days" in page.get(f"/apps/{slug}/").content.decode()


def test_ten_years_read_as_ten_years_and_to_the_day_where_days_are_typed(store: ObjectStore) -> None:
    person = new_person("invoice-inbox", frozenset(), prepare=use_new_key)
    page, address = browser(person), f"/apps/{person.app.slug}/keeping/"
    assert "are deleted 10 years after they came in" in page.get(address).content.decode()
    assert "at least 3,653 days (10 years) by its rule tax-10-years" in page.get(address).content.decode()
    assert "werden 10 Jahre nach" in page.get(address, headers={"Accept-Language": "de"}).content.decode()
    refused = page.post(address, {"days": "365", "archive_days": "30", "confirm": "yes"}).content.decode()
    assert "Nothing but 3,653 days (10 years): the template says so." in refused


def test_the_page_refuses_what_the_template_does_not_allow(store: ObjectStore) -> None:
    person = new_person()
    for days in ("", "0", "91", "x", "-5"):
        refused = browser(person).post(f"/apps/{person.app.slug}/keeping/", {"days": days, "confirm": "yes"})
        assert (days, refused.status_code) == (days, 422)
        assert "Error:" in refused.content.decode()


def test_holds_are_placed_and_lifted_with_a_reason(store: ObjectStore) -> None:
    person = new_person()
    page, slug = browser(person), person.app.slug
    assert page.post(f"/apps/{slug}/keeping/holds/", {"reason": ""}).status_code == 422
    placed = page.post(f"/apps/{slug}/keeping/holds/", {"reason": "a lawsuit"}, follow=True)
    hold = placed.context["holds"][0]
    assert page.post(f"/apps/{slug}/keeping/holds/{hold.id}/lift/", {}).status_code == 422
    lifted = page.post(f"/apps/{slug}/keeping/holds/{hold.id}/lift/", {"reason": "settled"}, follow=True)
    assert "Lifted" in lifted.content.decode()
    assert page.post(f"/apps/{slug}/keeping/holds/{hold.id}/lift/", {"reason": "again"}).status_code == 404


@pytest.mark.parametrize(
    ("binding", "words"),
    [
        (Binding.PENDING, "Being bound in storage; until then it binds Gatehouse only"),
        (Binding.BOUND, "Bound in storage: nobody can destroy it there either"),
        (Binding.ALONE, "Binds Gatehouse only: this storage has no object lock"),
    ],
)
def test_the_pages_say_whom_a_hold_binds(store: ObjectStore, binding: Binding, words: str) -> None:
    person = new_person()
    stored = filed(person.app, store)
    with tenant_scope(person.app.tenant_id):
        hold = holds.place(person.app, stored.pk, reason="a lawsuit", actor=OWNER)
        LegalHold.objects.filter(pk=hold.pk).update(binding=binding)
        bound_at = clock.now() if binding == Binding.BOUND else None
        HeldObject.objects.create(tenant_id=hold.tenant_id, app=person.app, file_id=stored.pk, bound_at=bound_at)
    page, slug = browser(person), person.app.slug
    assert words in page.get(f"/apps/{slug}/keeping/").content.decode()
    assert words in page.get(f"/apps/{slug}/files/{stored.pk}/").content.decode()


def test_the_page_says_what_storage_is_still_letting_go(store: ObjectStore) -> None:
    person = new_person()
    stored = filed(person.app, store)
    with tenant_scope(person.app.tenant_id):
        HeldObject.objects.create(tenant_id=stored.tenant_id, app=person.app, file_id=stored.pk, bound_at=clock.now())
    page = browser(person).get(f"/apps/{person.app.slug}/keeping/").content.decode()
    assert "Storage still keeps 1 file that was held" in page


def test_for_everybody_else_there_is_no_such_page(store: ObjectStore) -> None:
    person, stranger = new_person(), new_person()
    slug = person.app.slug
    for method, address in (("get", ""), ("post", ""), ("post", "holds/"), ("post", f"holds/{new_id()}/lift/")):
        answer = getattr(browser(stranger), method)(f"/apps/{slug}/keeping/{address}", {"days": 30, "reason": "x"})
        assert answer.status_code == 404
    assert Client().get(f"/apps/{slug}/keeping/").status_code == 302
