"""getSignedUrl: who gets a link, and that each link is on the record once and a refusal never."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel import clock
from kernel.identifiers import new_id
from policy.actions import Action
from storage.models import StoredFile
from tenancy.scoping import tenant_scope
from tests.gateway import shelf
from tests.gateway.conftest import Person

Change = Callable[[Person, str], None]


def sign(person: Person, file_id: str, token: str | None = None, **wish: Any) -> Any:
    return person.call("post", f"/files/{file_id}/signed-url", wish, token)


def recorded(person: Person) -> list[tuple[str, dict[str, Any]]]:
    with tenant_scope(person.app.tenant_id):
        events = AuditEvent.objects.filter(action=AuditAction.DOWNLOAD_URL_SIGNED)
        return list(events.values_list("subject", "detail"))


def become(**facts: Any) -> Change:
    def change(person: Person, file_id: str) -> None:
        with tenant_scope(person.app.tenant_id):
            StoredFile.objects.filter(pk=file_id).update(**facts)

    return change


def test_a_link_saves_the_file_under_its_name_and_is_recorded_once(keeper: Person) -> None:
    file_id = shelf.put(keeper, "Trips/Straße 1.jpg")
    answer = sign(keeper, file_id)
    said = parse_qs(urlsplit(answer.json()["url"]).query)
    assert said["response-content-disposition"] == ["attachment; filename*=UTF-8''Stra%C3%9Fe%201.jpg"]
    assert said["response-content-type"] == ["image/jpeg"]
    (subject, detail), *others = recorded(keeper)
    assert (subject, detail["area"], others) == (f"file:{file_id}", "files", [])
    assert int(said["X-Amz-Expires"][0]) == detail["lives_seconds"]


@pytest.mark.parametrize(
    ("prefix", "status"), [("", 200), ("Trips", 200), ("Trips/Rome", 200), ("Trip", 404), ("Trips/Rome/a.jpg", 404)]
)
def test_a_token_opens_what_is_within_its_folder(keeper: Person, prefix: str, status: int) -> None:
    file_id = shelf.put(keeper, "Trips/Rome/a.jpg")
    token = keeper.token(Action.FILES_READ, prefix=prefix)
    assert sign(keeper, file_id, token).status_code == status
    assert len(recorded(keeper)) == (status == 200)


@pytest.mark.parametrize(
    ("change", "wish", "status", "code"),
    [
        (become(trashed_at=clock.now(), purge_at=clock.now()), {}, 404, "NOT_FOUND"),
        (become(locked_at=clock.now()), {}, 409, "FILE_LOCKED"),
        (become(archived_at=clock.now(), archived_as="GLACIER"), {}, 409, "FILE_ARCHIVED"),
        (become(archived_at=clock.now(), archived_as="GLACIER_IR"), {}, 200, ""),
        (become(archived_at=clock.now(), archived_as="GLACIER", has_thumbnail=True), {"variant": "thumbnail"}, 200, ""),
        (become(), {"variant": "thumbnail"}, 404, "NOT_FOUND"),
        (become(has_thumbnail=True), {"variant": "thumbnail"}, 200, ""),
    ],
)
def test_what_is_in_the_way_is_said_and_not_recorded(
    keeper: Person, change: Change, wish: dict[str, Any], status: int, code: str
) -> None:
    file_id = shelf.put(keeper, "a.jpg")
    change(keeper, file_id)
    answer = sign(keeper, file_id, **wish)
    assert (answer.status_code, answer.json().get("code", "")) == (status, code)
    assert len(recorded(keeper)) == (status == 200)


def test_a_file_of_nobody_or_of_another_app_is_not_there(keeper: Person, stranger: Person) -> None:
    theirs = shelf.put(stranger, "a.jpg")
    for file_id in (theirs, str(new_id())):
        assert sign(keeper, file_id).json()["code"] == "NOT_FOUND"
    assert recorded(keeper) == recorded(stranger) == []
