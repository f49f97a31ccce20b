"""Folders: renamed and moved with everything in them, never into themselves, deleted only when empty."""

from typing import Any

import pytest

from policy.actions import Action
from storage import folders
from storage.models import Folder, StoredFile
from storage.object_store import object_store
from tenancy.scoping import tenant_scope
from tests.gateway import shelf
from tests.gateway.conftest import PICTURE, Person, send, together


def make(person: Person, path: str) -> str:
    return str(person.call("post", "/folders", {"path": path}).json()["id"])


def change(person: Person, folder_id: str, token: str | None = None, **content: Any) -> Any:
    return person.call("patch", f"/folders/{folder_id}", content, token)


def delete(person: Person, folder_id: str) -> Any:
    return person.call("delete", f"/folders/{folder_id}")


def test_a_folder_is_renamed_and_moved_with_everything_in_it(person: Person) -> None:
    trips, file_id = make(person, "Trips"), shelf.put(person, "Trips/Rome/a.jpg")
    make(person, "Archive")
    assert change(person, trips, name="Journeys").json()["path"] == "Journeys"
    assert change(person, trips, parent="Archive").json()["path"] == "Archive/Journeys"
    assert person.call("get", f"/files/{file_id}").json()["path"] == "Archive/Journeys/Rome/a.jpg"
    assert change(person, trips, parent="", name="Trips").json()["path"] == "Trips"


@pytest.mark.parametrize("parent", ["A", "A/B", "A/B/C"])
def test_a_folder_does_not_go_into_itself(person: Person, parent: str) -> None:
    make(person, "A/B/C")
    with tenant_scope(person.app.tenant_id):
        top = Folder.objects.get(app=person.app, name="A")
    answer = change(person, str(top.pk), parent=parent)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION")


def test_two_moves_at_once_make_no_circle(person: Person) -> None:
    first, second, token = make(person, "A"), make(person, "B"), person.token()
    moves, statuses = [(first, "B"), (second, "A")], []

    def move() -> None:
        folder_id, parent = moves.pop()
        statuses.append(change(person, folder_id, token, parent=parent).status_code)

    together(move, 2)
    assert 200 in statuses
    with tenant_scope(person.app.tenant_id):
        roots = [folder for folder in Folder.objects.filter(app=person.app) if folder.parent_id is None]
    assert len(roots) == 1


def test_folders_do_not_grow_too_deep_by_moving(person: Person) -> None:
    make(person, "/".join(["deep"] * 30))
    wide = make(person, "a")
    make(person, "a/b/c")
    answer = change(person, wide, parent="/".join(["deep"] * 30))
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION")


def test_a_folders_name_in_use_is_refused_with_one_that_is_free(person: Person) -> None:
    first = make(person, "A")
    make(person, "B")
    problem = change(person, first, name="B").json()
    assert (problem["code"], problem["suggestion"]) == ("NAME_TAKEN", "B (2)")


@pytest.mark.parametrize("content", [{"name": ""}, {"name": "a/b"}, {"name": ".."}, {"parent": "a//b"}, {"x": 1}])
def test_what_a_folder_can_not_become_is_refused(person: Person, content: dict[str, Any]) -> None:
    assert change(person, make(person, "A"), **content).json()["code"] == "VALIDATION"


def test_a_parent_that_is_not_there_is_not_made(person: Person) -> None:
    assert change(person, make(person, "A"), parent="nowhere").status_code == 404


def test_a_token_arranges_what_is_below_its_prefix_and_not_its_prefix(person: Person) -> None:
    prefix, below, other = make(person, "In"), make(person, "In/Deep"), make(person, "Out")
    token = person.token(Action.FILES_WRITE, prefix="In")
    assert change(person, prefix, token, name="X").status_code == 404
    assert change(person, other, token, name="X").status_code == 404
    assert change(person, below, token, parent="Out").json()["code"] == "SCOPE_NOT_GRANTED"
    assert change(person, below, token, name="Deeper").status_code == 200


def test_an_empty_folder_is_deleted(keeper: Person) -> None:
    folder_id = make(keeper, "A/B")
    answer = delete(keeper, folder_id)
    assert (answer.status_code, answer.json()["path"]) == (200, "A/B")
    assert delete(keeper, folder_id).status_code == 404


@pytest.mark.parametrize("inside", ["A/b.jpg", "A/B/c.jpg"])
def test_a_folder_that_holds_something_is_not(keeper: Person, inside: str) -> None:
    folder_id = make(keeper, "A")
    shelf.put(keeper, inside)
    answer = delete(keeper, folder_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "FOLDER_NOT_EMPTY")


def test_a_folder_into_which_something_comes_is_not(keeper: Person) -> None:
    folder_id = make(keeper, "A")
    started = keeper.start(path="A/b.jpg").json()
    assert delete(keeper, folder_id).json()["code"] == "FOLDER_NOT_EMPTY"
    keeper.call("post", f"/uploads/{started['id']}/abort", {})
    assert delete(keeper, folder_id).status_code == 200


def test_what_lies_in_the_trash_comes_back_to_the_folder_above(keeper: Person) -> None:
    folder_id, file_id = make(keeper, "A/B"), shelf.put(keeper, "A/B/c.jpg")
    keeper.call("delete", f"/files/{file_id}")
    assert delete(keeper, folder_id).status_code == 200
    assert keeper.call("post", f"/files/{file_id}/restore", {}).json()["path"] == "A/c.jpg"


def test_an_upload_that_begins_while_its_folder_goes_is_refused_and_leaves_nothing(keeper: Person) -> None:
    folder_id = make(keeper, "A")
    answers: list[Any] = []
    token = keeper.token()
    wish = {"path": "A/b.jpg", "size": len(PICTURE), "content_type": "image/jpeg"}

    def race() -> None:
        if len(answers) % 2:
            answers.append(keeper.call("post", "/uploads", wish, token))
        else:
            answers.append(keeper.call("delete", f"/folders/{folder_id}", token=token))

    together(race, 8)
    assert {answer.status_code for answer in answers} <= {200, 201, 404, 409}
    started = sum(answer.status_code == 201 for answer in answers)
    assert keeper.held()[0] == started * len(PICTURE)


def test_the_paths_of_a_tree_are_its_folders(person: Person) -> None:
    make(person, "A/B")
    make(person, "A/C/D")
    with tenant_scope(person.app.tenant_id):
        top = Folder.objects.get(app=person.app, name="A")
        levels = folders.subtree(top)
        by_name = {folder.name: levels[folder.pk] for folder in Folder.objects.filter(pk__in=levels)}
    assert by_name == {"A": 1, "B": 2, "C": 2, "D": 3}


def test_an_upload_finds_its_folder_again_after_it_was_renamed(keeper: Person, settings: Any) -> None:
    folder_id = make(keeper, "A")
    started = keeper.start(path="A/b.jpg").json()
    change(keeper, folder_id, name="B")
    send(started["upload"], PICTURE)
    assert keeper.call("post", f"/uploads/{started['id']}/complete", {}).status_code == 202
    assert object_store() is not None
    with tenant_scope(keeper.app.tenant_id):
        assert not StoredFile.objects.exists()
