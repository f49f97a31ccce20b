"""Can: what people of an app do, what they do where its maker ticked a box, and what who runs it does in any case."""

import uuid
from collections.abc import Callable
from typing import Any

from django.test import Client

from marketplace import showing
from tenancy.principals import user_principal
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.marketplace.facts.registry import trial
from tests.marketplace.facts.world import App, Browser, World
from tests.web import web

Do = Callable[[World, App, str], int]
"""Does it with a token; the status of the gateway's answer."""


def add(world: World, app: App, token: str) -> int:
    status: int = app.start(world.specimen, token=token).status_code
    return status


def look(_world: World, app: App, token: str) -> int:
    status: int = app.call("get", "/files", token=token).status_code
    return status


def open_file(world: World, app: App, token: str) -> int:
    answer = app.call("post", f"/files/{app.file(world.specimen)}/signed-url", {}, token)
    if answer.status_code == 200:
        assert web.get(answer.json()["url"]).status_code == 200
    return int(answer.status_code)


def make_folder(_world: World, app: App, token: str) -> int:
    status: int = app.call("post", "/folders", {"path": f"f-{uuid.uuid4().hex}"}, token).status_code
    return status


def delete(world: World, app: App, token: str) -> int:
    status: int = app.call("delete", f"/files/{app.file(world.specimen)}", token=token).status_code
    return status


DEEDS: dict[str, tuple[str, Do]] = {
    "add files": ("files:write", add),
    "see the list of files": ("files:list", look),
    "open files": ("files:read", open_file),
    "make folders": ("folders:create", make_folder),
    "delete files": ("files:delete", delete),
}
"""The words, the scope that they stand for, and doing it."""

_DEED = f"(?P<deed>{'|'.join(DEEDS)})"


def works(world: World, app: App, who: Browser, deed: str) -> bool:
    """Whether this person gets a token for it, and the token does it."""
    scope, do = DEEDS[deed]
    given = who.agree().exchange(scope)
    if given.status_code != 200:
        assert given.json()["error"] == "invalid_scope", given.content
        return False
    assert do(world, app, given.json()["access_token"]) in {200, 201, 204}
    return True


@trial("Can", _DEED)
def every_app_does_it(world: World, deed: str) -> None:
    assert works(world, world.bare, world.bare.browser(Role.MEMBER), deed)


@trial("Can · If you allow it:", _DEED)
def an_app_does_it_where_its_maker_allowed_it(world: World, deed: str) -> None:
    assert works(world, world.full, world.full.browser(Role.MEMBER), deed)
    assert not works(world, world.bare, world.bare.browser(Role.MEMBER), deed)


@trial("Can · Its owners and builders in any case:", _DEED)
def who_runs_the_app_does_it_in_any_case(world: World, deed: str) -> None:
    for role in (Role.OWNER, Role.BUILDER):
        assert works(world, world.bare, world.bare.browser(role), deed)
    assert not works(world, world.bare, world.bare.browser(Role.MEMBER), deed)


@trial("Can", "take files from anyone with the link, after a check that a person is there")
def anyone_adds_files_after_the_check(world: World) -> None:
    visitor = Browser(world.bare.person, Client())
    assert visitor.exchange_proof("no proof at all").json()["code"] == "CAPTCHA_REQUIRED"
    given = visitor.exchange_proof(visitor.solved())
    assert given.status_code == 200, given.content
    assert add(world, world.bare, given.json()["access_token"]) == 201


@trial("Can", "show a file to anyone with the link, once a person has looked at it")
def anyone_sees_what_a_person_looked_at(world: World) -> None:
    app, file_id = world.bare.person.app, world.bare.file(world.specimen)
    assert _shown(app, file_id).status_code == 404
    with tenant_scope(app.tenant_id):
        showing.decide(app, uuid.UUID(file_id), is_shown=True, actor=user_principal(world.bare.person.user.pk))
    assert web.get(_shown(app, file_id)["Location"]).status_code == 200


def _shown(app: Any, file_id: str) -> Any:
    return Client().get(f"/gallery/{app.slug}/{file_id}/file")
