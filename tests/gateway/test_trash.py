"""Deleting is putting into the trash: hidden, counted, given back on wish, gone after the template's days."""

from datetime import timedelta

import pytest

from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel import clock
from lifecycle import holds
from lifecycle.deletion import delete_due
from policy.actions import Action
from storage.models import Keeping, StoredFile
from storage.object_store import object_store
from tenancy.scoping import tenant_scope
from tests.gateway import shelf
from tests.gateway.conftest import PICTURE, Person


def delete(keeper: Person, file_id: str, token: str | None = None) -> object:
    return keeper.call("delete", f"/files/{file_id}", token=token)


def trash(keeper: Person, query: str = "", token: str | None = None) -> list[str]:
    answer = keeper.call("get", f"/trash{query}", token=token)
    assert answer.status_code == 200
    return [file["id"] for file in answer.json()["files"]]


def events(keeper: Person) -> list[str]:
    wanted = [AuditAction.FILE_TRASHED, AuditAction.FILE_RESTORED, AuditAction.FILE_DELETED]
    with tenant_scope(keeper.app.tenant_id):
        return list(AuditEvent.objects.filter(action__in=wanted).order_by("id").values_list("action", flat=True))


def test_a_deleted_file_is_hidden_counts_and_comes_back(keeper: Person) -> None:
    file_id = shelf.put(keeper, "Plans/a.jpg")
    answer = keeper.call("delete", f"/files/{file_id}")
    deleted = answer.json()
    assert answer.status_code == 200
    assert deleted["trashed_at"] is not None
    days_left = (shelf.row(keeper, file_id).purge_at or clock.now()) - clock.now()
    assert timedelta(days=29, hours=23) < days_left <= timedelta(days=30)
    assert shelf.names(keeper, "Plans") == []
    assert trash(keeper) == [file_id]
    assert keeper.held() == (0, len(PICTURE))
    assert keeper.call("post", f"/files/{file_id}/signed-url", {}).status_code == 404
    assert keeper.call("patch", f"/files/{file_id}", {"name": "b.jpg"}).status_code == 404
    assert keeper.call("post", f"/files/{file_id}/copy", {}).status_code == 404
    restored = keeper.call("post", f"/files/{file_id}/restore", {}).json()
    assert (restored["path"], restored["trashed_at"]) == ("Plans/a.jpg", None)
    assert (shelf.names(keeper, "Plans"), trash(keeper)) == (["a.jpg"], [])
    assert events(keeper) == [AuditAction.FILE_TRASHED, AuditAction.FILE_RESTORED]


def test_deleting_and_restoring_again_changes_nothing(keeper: Person) -> None:
    file_id = shelf.put(keeper, "a.jpg")
    first, again = (keeper.call("delete", f"/files/{file_id}").json() for _ in range(2))
    assert first == again
    for _ in range(2):
        assert keeper.call("post", f"/files/{file_id}/restore", {}).status_code == 200
    assert events(keeper) == [AuditAction.FILE_TRASHED, AuditAction.FILE_RESTORED]


def test_what_was_given_up_for_what_a_later_check_found_does_not_come_back(keeper: Person) -> None:
    file_id = shelf.put(keeper, "odd.jpg", trashed_at=clock.now(), purge_at=clock.now(), locked_at=clock.now())
    answer = keeper.call("post", f"/files/{file_id}/restore", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "FILE_LOCKED")


def test_a_name_is_free_while_its_file_is_in_the_trash(keeper: Person) -> None:
    first = shelf.put(keeper, "a.jpg")
    keeper.call("delete", f"/files/{first}")
    second = shelf.put(keeper, "a.jpg")
    assert keeper.call("post", f"/files/{first}/restore", {}).json()["name"] == "a (2).jpg"
    keeper.call("delete", f"/files/{second}")
    assert shelf.names(keeper) == ["a (2).jpg"]


def test_the_trash_is_emptied_after_its_days_and_the_space_is_free(keeper: Person) -> None:
    file_id = shelf.put(keeper, "a.jpg", with_bytes=True)
    key = shelf.row(keeper, file_id).key()
    keeper.call("delete", f"/files/{file_id}")
    assert delete_due(object_store(), keeper.app.tenant_id, shelf.days(29)) == 0
    assert delete_due(object_store(), keeper.app.tenant_id, shelf.days(31)) == 1
    assert object_store().head(key) is None
    assert keeper.held() == (0, 0)
    assert keeper.call("post", f"/files/{file_id}/restore", {}).status_code == 404
    assert events(keeper) == [AuditAction.FILE_TRASHED, AuditAction.FILE_DELETED]


def test_what_is_not_in_the_trash_stays(keeper: Person) -> None:
    shelf.put(keeper, "a.jpg")
    assert delete_due(object_store(), keeper.app.tenant_id, shelf.days(4000)) == 0


def test_a_file_under_a_hold_is_not_deleted_nor_is_one_that_came_under_it_in_the_trash(keeper: Person) -> None:
    held, early = shelf.put(keeper, "a.jpg"), shelf.put(keeper, "b.jpg")
    keeper.call("delete", f"/files/{early}")
    with tenant_scope(keeper.app.tenant_id):
        holds.place(keeper.app, None, reason="Case 7", actor="user:owner")
    answer = keeper.call("delete", f"/files/{held}")
    assert (answer.status_code, answer.json()["code"]) == (409, "FILE_ON_HOLD")
    assert delete_due(object_store(), keeper.app.tenant_id, shelf.days(31)) == 0
    assert keeper.call("post", f"/files/{early}/restore", {}).status_code == 200


def test_a_file_that_must_be_kept_is_not_deleted_before(keeper: Person) -> None:
    file_id = shelf.put(keeper, "a.jpg")
    with tenant_scope(keeper.app.tenant_id):
        Keeping.objects.filter(app=keeper.app).delete()
        Keeping.objects.create(tenant_id=keeper.app.tenant_id, app=keeper.app, minimum_days=10)
    answer = keeper.call("delete", f"/files/{file_id}")
    assert (answer.status_code, answer.json()["code"]) == (409, "FILE_RETAINED")
    assert shelf.names(keeper) == ["a.jpg"]


@pytest.mark.parametrize("action", [Action.FILES_WRITE, Action.FILES_LIST, Action.FILES_READ])
def test_deleting_takes_its_own_right(keeper: Person, action: Action) -> None:
    file_id, token = shelf.put(keeper, "a.jpg"), keeper.token(action)
    for method, path in (("delete", f"/files/{file_id}"), ("post", f"/files/{file_id}/restore"), ("get", "/trash")):
        answer = keeper.call(method, path, {} if method == "post" else None, token)
        assert (answer.status_code, answer.json()["code"]) == (403, "SCOPE_NOT_GRANTED")


def test_an_app_whose_template_does_not_offer_it_deletes_nothing(person: Person) -> None:
    file_id = shelf.put(person, "a.jpg")
    assert person.call("delete", f"/files/{file_id}").json()["code"] == "SCOPE_NOT_GRANTED"


def test_the_trash_is_read_in_pages_what_went_last_first(keeper: Person) -> None:
    ids = [shelf.put(keeper, f"{number}.jpg") for number in range(7)]
    for file_id in ids:
        keeper.call("delete", f"/files/{file_id}")
    seen, cursor = [], ""
    while True:
        page = keeper.call("get", f"/trash?limit=3&cursor={cursor}").json()
        seen += [file["id"] for file in page["files"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ids[::-1]


def test_a_token_sees_the_trash_of_its_prefix_alone(keeper: Person) -> None:
    inside, deep, outside = (shelf.put(keeper, path) for path in ("In/a.jpg", "In/Deep/b.jpg", "Out/c.jpg"))
    for file_id in (inside, deep, outside):
        keeper.call("delete", f"/files/{file_id}")
    token = keeper.token(Action.FILES_DELETE, Action.FILES_LIST, prefix="In")
    assert set(trash(keeper, token=token)) == {inside, deep}
    assert keeper.call("post", f"/files/{outside}/restore", {}, token).status_code == 404
    with tenant_scope(keeper.app.tenant_id):
        assert StoredFile.objects.get(pk=outside).trashed_at is not None
