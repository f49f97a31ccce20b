"""A person of another tenant finds nothing, at every address that there is: one that is added is tried as well."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern

from gateway.api.urls import urlpatterns
from marketplace.installing import Choices, install
from marketplace.models import Installation
from policy.actions import Action
from storage.models import StoredFile, Upload
from tenancy.memberships import in_workspace
from tenancy.scoping import tenant_scope
from tests.gateway import shelf
from tests.gateway.conftest import Person, new_person

METHODS = ("get", "post", "patch", "delete", "put")
BODIES: dict[str, Any] = {"uploadParts": {"numbers": [1]}, "file": {"name": "mine.jpg"}, "folder": {"name": "mine"}}
BATCHES = {
    "uploadCompleteBatch": lambda ids: {"items": [{"id": ids["upload_id"]}]},
    "getSignedUrlBatch": lambda ids: {"items": [{"id": ids["file_id"]}]},
}


def operations() -> list[Any]:
    return list(_operations())


def _operations() -> Iterator[Any]:
    """Every method of every address that names a thing."""
    for pattern in urlpatterns:
        if isinstance(pattern, URLPattern) and "<uuid:" in str(pattern.pattern):
            for method in METHODS:
                if hasattr(pattern.callback.view_class, method):  # type: ignore[attr-defined]
                    yield pytest.param(str(pattern.pattern), pattern.name, method, id=f"{method} {pattern.pattern}")


@pytest.fixture
def outsider(transactional_db: None, bucket: None) -> Person:
    """Somebody who may do everything, at home."""
    return new_person("team-file-share", frozenset({Action.FOLDERS_CREATE, Action.FILES_DELETE}))


@pytest.fixture
def theirs(keeper: Person) -> dict[str, str]:
    """One of each thing of another tenant, as an address names it."""
    file_id = shelf.put(keeper, "Plans/a.jpg", with_bytes=True)
    folder_id = keeper.call("get", "/files").json()["folders"][0]["id"]
    return {"file_id": file_id, "folder_id": folder_id, "upload_id": keeper.start().json()["id"]}


def address(pattern: str, ids: dict[str, str]) -> str:
    for name, value in ids.items():
        pattern = pattern.replace(f"<uuid:{name}>", value)
    assert "<" not in pattern, "Give the new thing an example."
    return f"/{pattern}"


@pytest.mark.parametrize(("pattern", "name", "method"), operations())
def test_what_belongs_to_another_tenant_is_not_there(
    outsider: Person, keeper: Person, theirs: dict[str, str], pattern: str, name: str, method: str
) -> None:
    content = BODIES.get(name, {}) if method in {"post", "patch"} else None
    answer = outsider.call(method, address(pattern, theirs), content)
    nowhere = address(pattern, dict.fromkeys(theirs, "01a20a32-94be-7246-813f-99728189bc9d"))
    absent = outsider.call(method, nowhere, content)
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert answer.json() | {"request_id": ""} == absent.json() | {"request_id": ""}
    with tenant_scope(keeper.app.tenant_id):
        stored = StoredFile.objects.get(pk=theirs["file_id"])
        assert (stored.name, stored.trashed_at) == ("a.jpg", None)
        assert Upload.objects.get(pk=theirs["upload_id"]).state == "started"


@pytest.mark.parametrize("name", BATCHES)
def test_a_batch_reaches_no_further(stranger: Person, theirs: dict[str, str], name: str) -> None:
    pattern = next(str(pattern.pattern) for pattern in urlpatterns if getattr(pattern, "name", None) == name)
    answer = stranger.call("post", f"/{pattern}", BATCHES[name](theirs))
    assert [result["status"] for result in answer.json()["results"]] == [404]


@pytest.mark.parametrize(("pattern", "name", "method"), operations())
def test_nobody_gets_in_without_a_token(theirs: dict[str, str], pattern: str, name: str, method: str) -> None:
    body = json.dumps(BODIES.get(name, {}))
    where = f"/api/v1{address(pattern, theirs)}"
    answer: Any = Client().generic(method.upper(), where, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (401, "KEY_MISSING")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_sibling_app_of_the_same_tenant_is_as_far_away(keeper: Person, theirs: dict[str, str]) -> None:
    """Its token is another app's: the tenant alone opens nothing."""
    with tenant_scope(keeper.app.tenant_id):
        membership = in_workspace(keeper.user.pk, keeper.app.workspace_id)
        assert membership is not None
        version = Installation.objects.get(app=keeper.app).version
        sibling = Person(install(version, membership, Choices("Other", "eu-central-1", frozenset())), keeper.user)
    for method, path in (("get", f"/files/{theirs['file_id']}"), ("post", f"/uploads/{theirs['upload_id']}/abort")):
        assert sibling.call(method, path, {} if method == "post" else None).status_code == 404
