"""A file that a later check locked is seen in the list, and nobody opens or copies it."""

import datetime as dt

import pytest

from kernel import clock
from storage.models import StoredFile
from tenancy.scoping import tenant_scope
from tests.gateway import shelf
from tests.gateway.conftest import Person


@pytest.mark.parametrize(("address", "content"), [("signed-url", {}), ("copy", {"name": "b.jpg"})])
def test_a_locked_file_is_not_handed_out(person: Person, address: str, content: dict[str, str]) -> None:
    file_id = shelf.put(person, "a.jpg", with_bytes=True)
    assert person.call("post", f"/files/{file_id}/{address}", content).status_code in {200, 201}
    with tenant_scope(person.app.tenant_id):
        StoredFile.objects.filter(pk=file_id).update(locked_at=clock.now())
    answer = person.call("post", f"/files/{file_id}/{address}", {**content, **({"name": "c.jpg"} if content else {})})
    assert (answer.status_code, answer.json()["code"]) == (409, "FILE_LOCKED")
    assert "a.jpg" in shelf.names(person)


def test_wherever_it_is_shown_a_locked_file_says_since_when(person: Person) -> None:
    moment = shelf.days(-1)
    locked, free = (shelf.put(person, name) for name in ("a.jpg", "b.jpg"))
    with tenant_scope(person.app.tenant_id):
        StoredFile.objects.filter(pk=locked).update(locked_at=moment)
    listed = {file["name"]: file["locked_at"] for file in person.call("get", "/files").json()["files"]}
    since = person.call("get", f"/files/{locked}").json()["locked_at"]
    assert listed == {"a.jpg": since, "b.jpg": None}
    assert dt.datetime.fromisoformat(since) == moment
    assert person.call("get", f"/files/{free}").json()["locked_at"] is None
