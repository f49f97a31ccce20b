"""The console offers what a person may try, and tells which key did what."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import User
from broker.tokens import verify
from kernel.identifiers import new_id
from marketplace.console import Console, operations, trail
from policy.actions import Action, scope_of
from tenancy.models import Membership, Workspace, WorkspaceKind
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import PICTURE, Person, bucket, new_person, send

__all__ = ["bucket"]

EVERYTHING = frozenset(Action)
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def person(transactional_db: None, bucket: None) -> Person:
    return new_person()


def page_for(user: User, person: Person, rest: str = "") -> Any:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(f"/apps/{person.app.slug}/try/{rest}")


def into_sandbox(person: Person) -> None:
    with tenant_scope(person.app.tenant_id):
        Workspace.objects.filter(pk=person.app.workspace_id).update(kind=WorkspaceKind.SANDBOX)


def another(person: Person, role: Role) -> User:
    user = User.objects.create_user(f"{new_id().hex}@acme.example")
    with tenant_scope(person.app.tenant_id):
        Membership.objects.create(
            tenant_id=person.app.tenant_id, workspace_id=person.app.workspace_id, user=user, role=role
        )
    return user


def test_a_live_apps_console_asks_for_reading_alone(person: Person) -> None:
    content = page_for(person.user, person).content.decode()
    assert 'data-scope="files:list files:read" data-prefix=""' in content
    assert "here you can only look" in content
    assert "Not from here:" in content
    assert 'value="upload"' not in content


def test_a_sandboxs_console_does_everything_within_a_folder_of_its_own(person: Person) -> None:
    into_sandbox(person)
    content = page_for(person.user, person).content.decode()
    assert f'data-prefix="console-{person.user.pk.hex[-6:]}"' in content
    for name in ("upload", "list", "createFolder", "getSignedUrl"):
        assert f'value="{name}"' in content


def test_two_people_of_a_sandbox_have_folders_of_their_own(person: Person) -> None:
    into_sandbox(person)
    with tenant_scope(person.app.tenant_id):
        person.app.workspace.refresh_from_db()
        prefixes = {Console.of(person.app, EVERYTHING, new_id()).prefix for _ in range(5)}
    assert len(prefixes) == 5


@pytest.mark.parametrize("prefix", ["", "console-1f"])
def test_every_operation_is_filled_in_for_its_folder(prefix: str) -> None:
    for operation in operations(prefix):
        places = [field.value for field in operation.fields if field.name in {"folder", "path"}]
        assert all(place.startswith(prefix) for place in places)


def test_the_key_that_the_console_asks_for_is_granted_by_the_broker_as_asked(person: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/apps/{person.app.slug}/try/")
    token = page.content.decode().split('csrf-token" content="')[1].split('"')[0]
    wish = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": token,
        "subject_token_type": "urn:gatehouse:params:oauth:token-type:session",
        "audience": person.app.publishable_id,
        "scope": "files:list files:read",
    }
    answer = client.post("/oauth/token", urlencode(wish), content_type=FORM)
    assert answer.status_code == 200, answer.content
    claims = verify(answer.json()["access_token"])
    assert scope_of(claims.actions) == "files:list files:read"
    with tenant_scope(person.app.tenant_id):
        assert [row.key for row in trail(person.app)] == [claims.token_id]


def test_the_trail_names_the_key_of_each_event_even_of_those_that_a_worker_adds(person: Person) -> None:
    token = person.token()
    name = str(verify(token).token_id)
    started = person.call(
        "post", "/uploads", {"path": "cat.jpg", "size": len(PICTURE), "content_type": "image/jpeg"}, token
    ).json()
    send(started["upload"], PICTURE)
    person.call("post", f"/uploads/{started['id']}/complete", {}, token)
    person.token()
    with tenant_scope(person.app.tenant_id):
        rows = trail(person.app)
    mine = [row.words for row in rows if row.key == name]
    assert mine[-1] == "Access given for a few minutes"
    assert "Upload started" in mine
    assert "File arrived" in mine
    assert [row.words for row in rows if row.key != name] == ["Access given for a few minutes"]


def test_a_key_that_was_given_back_is_in_the_trail_and_opens_nothing(person: Person) -> None:
    token = person.token()
    name = verify(token).token_id
    given_back = urlencode({"token": token, "client_id": person.app.publishable_id})
    assert Client().post("/oauth/revoke", given_back, content_type=FORM).status_code == 200
    assert person.call("get", "/files", token=token).json()["code"] == "KEY_REVOKED"
    content = page_for(person.user, person, "trail/").content.decode()
    assert "One access taken back" in content
    assert content.count(f'data-key="{name}"') == 2  # given, and taken back


def test_an_auditor_may_only_see_the_list(person: Person) -> None:
    content = page_for(another(person, Role.AUDITOR), person).content.decode()
    assert 'data-scope="files:list"' in content


@pytest.mark.parametrize("rest", ["", "trail/"])
def test_members_and_outsiders_find_no_console(person: Person, rest: str) -> None:
    assert page_for(another(person, Role.MEMBER), person, rest).status_code == 404
    stranger = new_person()
    assert page_for(stranger.user, person, rest).status_code == 404
    assert Client().get(f"/apps/{person.app.slug}/try/{rest}").status_code == 302


def test_the_trail_is_offered_as_a_stream_to_who_looks(person: Person) -> None:
    answer = page_for(person.user, person, "trail/")
    assert (float(answer["Stream-Again"]), answer["Cache-Control"]) == (1.0, "no-store")
    assert 'hx-sse:connect="' in page_for(person.user, person).content.decode()
