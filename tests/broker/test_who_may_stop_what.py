"""Seven levels, and who may use which: by the API, as builder, member, outsider and platform owner."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from broker.tokens import verify
from kernel.identifiers import new_id
from tenancy.models import Membership
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import Person


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def stop(user: User, level: str, subject: str, app: str = "", reason: str = "a test") -> Any:
    content = {"level": level, "subject": subject, "reason": reason, "app": app}
    return browser(user).post("/oauth/revocations", content, content_type="application/json")


def lives(person: Person, token: str) -> bool:
    return bool(person.call("get", "/files", token=token).status_code == 200)


def token_id(person: Person, token: str) -> str:
    return verify(token).token_id


@pytest.fixture
def member(person: Person) -> User:
    user = User.objects.create_user(f"{new_id().hex}@acme.example")
    with tenant_scope(person.app.tenant_id):
        Membership.objects.create(
            tenant_id=person.app.tenant_id, workspace_id=person.app.workspace_id, user=user, role=Role.MEMBER
        )
    return user


@pytest.fixture
def platform_owner(transactional_db: None) -> User:
    return User.objects.create_superuser(f"{new_id().hex}@platform.example")


@pytest.mark.parametrize("level", ["token", "family", "app", "user"])
def test_an_owner_stops_within_their_app_and_new_tokens_live(person: Person, level: str) -> None:
    before = person.token()
    subject = {"app": person.app.publishable_id, "user": f"user:{person.user.pk}"}.get(level, token_id(person, before))
    assert lives(person, before)
    assert stop(person.user, level, subject, person.app.publishable_id).status_code == 201
    refused = person.call("get", "/files", token=before)
    assert (refused.status_code, refused.json()["code"]) == (401, "KEY_REVOKED")
    assert lives(person, person.token())


@pytest.mark.parametrize("level", ["token", "family", "app", "user"])
def test_the_outsider_stops_nothing_and_learns_nothing(person: Person, stranger: Person, level: str) -> None:
    before = person.token()
    subject = {"app": person.app.publishable_id, "user": f"user:{person.user.pk}"}.get(level, token_id(person, before))
    theirs = stop(stranger.user, level, subject, person.app.publishable_id)
    nobodys = stop(stranger.user, level, str(new_id()), "app_00000000000000000000")
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
    assert lives(person, before)


def test_a_member_stops_themselves_and_nobody_else(person: Person, member: User) -> None:
    before, app = person.token(), person.app.publishable_id
    for level, subject in (("app", app), ("token", token_id(person, before)), ("user", f"user:{person.user.pk}")):
        assert stop(member, level, subject, app).status_code == 404
    assert lives(person, before)
    assert stop(member, "user", f"user:{member.pk}", app).status_code == 201


# A stop of everything would reach into the tests that run beside and after: it stands where those have ended.
@pytest.mark.parametrize("level", ["template", "tenant", pytest.param("everything", marks=pytest.mark.browser)])
def test_what_reaches_beyond_a_workspace_is_the_platform_owners(
    person: Person, platform_owner: User, level: str
) -> None:
    subject = {"template": "team-photo-share", "tenant": str(person.app.tenant_id), "everything": ""}[level]
    before = person.token()
    assert stop(person.user, level, subject).status_code == 404
    assert lives(person, before)
    assert stop(platform_owner, level, subject).status_code == 201
    assert not lives(person, before)
    assert lives(person, person.token())


def test_a_template_may_be_stopped_in_one_version(person: Person, platform_owner: User) -> None:
    before = person.token()
    assert stop(platform_owner, "template", "team-photo-share/0.0.1").status_code == 201
    assert lives(person, before)
    assert stop(platform_owner, "template", verify(before).template).status_code == 201
    assert not lives(person, before)


def test_closing_an_account_ends_its_tokens(person: Person, platform_owner: User) -> None:
    before = person.token()
    fields = {"email": person.user.email, "name": "", "is_staff": "", "groups": [], "user_permissions": []}
    page = browser(platform_owner).post(f"/admin/accounts/user/{person.user.pk}/change/", fields)
    assert page.status_code == 302
    person.user.refresh_from_db()
    assert not person.user.is_active
    assert not lives(person, before)


@pytest.mark.parametrize(
    "content",
    ['{"level":"galaxy","subject":"x","reason":"y"}', '{"level":"app","subject":"x"}', "[]", "{", '{"level":["app"]}'],
)
def test_what_makes_no_sense_is_refused_in_words(person: Person, content: str) -> None:
    refused = browser(person.user).post("/oauth/revocations", content, content_type="application/json")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")


def test_the_platforms_pages_exist_for_its_owner_alone(person: Person, platform_owner: User) -> None:
    for address in ("/platform/controls/access/", "/platform/controls/token-life/"):
        assert browser(person.user).get(address).status_code == 404
        assert Client().get(address).status_code == 404
        assert browser(platform_owner).get(address).status_code == 200


def test_the_page_previews_before_it_ends_anything(person: Person, platform_owner: User) -> None:
    before = person.token()
    form = {"level": "tenant", "subject": str(person.app.tenant_id), "reason": "a drill"}
    looked = browser(platform_owner).post("/platform/controls/access/", form)
    assert "1 living key in 1 app would end" in " ".join(looked.content.decode().split())
    assert lives(person, before)
    done = browser(platform_owner).post("/platform/controls/access/", {**form, "confirm": "yes"})
    assert done.status_code == 302
    assert not lives(person, before)
