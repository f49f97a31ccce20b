"""A file that is replaced stays as an older version, as many and as long as the template says."""

import datetime as dt
from typing import Any

import pytest

from kernel import clock
from lifecycle import holds
from lifecycle.deletion import delete_due
from policy.actions import Action
from scanning.engines.registry import engines
from scanning.pipeline import scan_upload
from storage.models import StoredFile, Upload
from storage.object_store import object_store
from storage.versions import versions_of
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import PICTURE, Person, bucket, file_away, keeper, send  # noqa: F401 - fixtures


def replace(keeper: Person, settings: Any, letter: bytes) -> str:  # noqa: F811
    return file_away(keeper, settings.CLAMD_URL, PICTURE + letter, replace=True)


def listed(keeper: Person) -> list[tuple[str, str]]:  # noqa: F811
    return [(file["id"], file["name"]) for file in keeper.call("get", "/files").json()["files"]]


def versions(keeper: Person, file_id: str) -> list[str]:  # noqa: F811
    with tenant_scope(keeper.app.tenant_id):
        return [str(stored.pk) for stored in versions_of(file_id)]  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _three(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("transactional_db")


def test_the_newest_has_the_name_and_the_older_wait_behind_it(keeper: Person, settings: Any) -> None:  # noqa: F811
    first, second, third = (replace(keeper, settings, letter) for letter in (b"1", b"2", b"3"))
    assert listed(keeper) == [(third, "cat.jpg")]
    assert versions(keeper, third) == [second, first]
    assert keeper.held() == (0, 3 * (len(PICTURE) + 1))
    assert keeper.call("post", f"/files/{first}/signed-url", {}).status_code == 404
    back = keeper.call("post", f"/files/{first}/restore")
    assert (back.status_code, back.json()["name"]) == (200, "cat (2).jpg")
    assert versions(keeper, third) == [second]


def test_without_the_wish_both_stay(keeper: Person, settings: Any) -> None:  # noqa: F811
    first = file_away(keeper, settings.CLAMD_URL)
    second = file_away(keeper, settings.CLAMD_URL)
    assert {name for _, name in listed(keeper)} == {"cat.jpg", "cat (2).jpg"}
    assert versions(keeper, second) == versions(keeper, first) == []


def test_versions_beyond_the_templates_number_go_and_a_hold_keeps_them(keeper: Person, settings: Any) -> None:  # noqa: F811
    first = replace(keeper, settings, b"1")
    started = keeper.start(size=len(PICTURE), replace=True).json()
    with tenant_scope(keeper.app.tenant_id):
        upload = Upload.objects.get(pk=started["id"])
        Upload.objects.filter(pk=upload.pk).update(handling=upload.handling | {"versions": 0})
        hold = holds.place(keeper.app, None, reason="a lawsuit", actor="user:test")

    assert send(started["upload"], PICTURE).status_code == 201
    keeper.call("post", f"/uploads/{started['id']}/complete", {})
    scan_upload(object_store(), engines(settings.CLAMD_URL), keeper.app.tenant_id, upload.pk)
    soon = clock.now() + dt.timedelta(seconds=1)
    assert delete_due(object_store(), keeper.app.tenant_id, soon) == 0
    with tenant_scope(keeper.app.tenant_id):
        holds.lift(keeper.app, hold.id, reason="settled", actor="user:test")
    assert delete_due(object_store(), keeper.app.tenant_id, soon) == 1
    with tenant_scope(keeper.app.tenant_id):
        assert not StoredFile.objects.filter(pk=first).exists()
    assert keeper.held() == (0, len(PICTURE))


def test_replacing_takes_the_right_to_see_files_too(keeper: Person) -> None:  # noqa: F811
    token = keeper.token(Action.FILES_WRITE)
    wish = {"path": "cat.jpg", "size": 5, "content_type": "image/jpeg"}
    assert keeper.call("post", "/uploads", wish, token).status_code == 201
    refused = keeper.call("post", "/uploads", wish | {"replace": True}, token)
    assert (refused.status_code, refused.json()["code"]) == (403, "SCOPE_NOT_GRANTED")


def test_a_file_in_the_slow_archive_is_not_opened_but_explained(keeper: Person, settings: Any) -> None:  # noqa: F811
    file_id = file_away(keeper, settings.CLAMD_URL)
    for archived_as, status in (("tag", 200), ("GLACIER_IR", 200), ("DEEP_ARCHIVE", 409)):
        with tenant_scope(keeper.app.tenant_id):
            StoredFile.objects.filter(pk=file_id).update(archived_at=clock.now(), archived_as=archived_as)
        answer = keeper.call("post", f"/files/{file_id}/signed-url", {})
        assert answer.status_code == status
    assert (answer.json()["code"], "48 hours" in answer.json()["user_message"]) == ("FILE_ARCHIVED", True)
    assert keeper.call("post", f"/files/{file_id}/copy", {}).status_code == 409
