"""Cannot: what is refused to everybody, whatever the app's maker ticked and whatever token somebody holds."""

import json

from django.conf import settings
from django.test import Client

from tenancy.roles import Role
from tests.gateway.conftest import send
from tests.marketplace.facts.registry import trial
from tests.marketplace.facts.trials.can import DEEDS, works
from tests.marketplace.facts.world import SESSION, Browser, World

_ROLES = (Role.OWNER, Role.BUILDER, Role.MEMBER)
_DEED = f"(?P<deed>{'|'.join(DEEDS)})"


@trial("Cannot", _DEED)
def nobody_does_it(world: World, deed: str) -> None:
    for role in _ROLES:
        assert not works(world, world.full, world.full.browser(role), deed)
    _scope, do = DEEDS[deed]
    assert do(world, world.full, "") == 403  # with a token for everything that the app can do


@trial("Cannot", f"let anyone but its owners and builders {_DEED}")
def only_who_runs_the_app_does_it(world: World, deed: str) -> None:
    for role in _ROLES:
        assert works(world, world.full, world.full.browser(role), deed) is (role is not Role.MEMBER), role
    auditor = world.full.browser(Role.AUDITOR)
    assert auditor.client.get(f"/go/{world.full.person.app.slug}/surface.json").status_code == 404


@trial("Cannot", "take files from anyone who has not signed in")
def a_stranger_gets_no_token(world: World) -> None:
    app = world.full.person.app
    assert Client().get(f"/go/{app.slug}/surface.json").status_code == 302
    form = {"subject_token": "x", "subject_token_type": SESSION}
    unsigned = Browser(world.full.person, Client())
    unsigned.surface = {"csrf": "x", "consent": {"version": "x"}, "visitor": {}}
    assert unsigned.exchange("files:write", **form).json()["error"] == "login_required"
    assert unsigned.exchange_proof("x").json()["error"] == "access_denied"
    bare = Client().post("/api/v1/uploads", json.dumps({}), content_type="application/json")
    assert bare.status_code == 401


@trial("Cannot", "take a file from a person who has not agreed first")
def without_agreement_there_is_no_token_to_add_with(world: World) -> None:
    member = world.new_app().browser(Role.MEMBER)
    assert member.exchange("files:write").json()["error"] == "consent_required"
    assert member.agree().exchange("files:write").status_code == 200
    if world.promises("take files from anyone with the link"):
        visitor = Browser(world.bare.person, Client())
        assert visitor.exchange_proof(visitor.solved(), consent="").json()["error"] == "consent_required"


@trial("Cannot", "take a file into “(?P<folder>.+)” from a person who has not agreed to that apart")
def without_its_own_agreement_nothing_comes_into_the_folder(world: World, folder: str) -> None:
    app = world.new_app()
    member = app.browser(Role.MEMBER).agree()
    (apart,) = (one for one in member.surface["surfaces"] if one["folder"] == folder)
    path = f"{folder}/{world.specimen.named('Miller-2041')}"
    for agreed in (False, True):
        token = member.agree(apart).exchange("files:write") if agreed else member.exchange("files:write")
        there = app.start(world.specimen, token=token.json()["access_token"], path=path)
        assert (there.status_code, there.json().get("code")) == ((201, None) if agreed else (403, "CONSENT_REQUIRED"))
        assert app.start(world.specimen, token=token.json()["access_token"]).status_code == 201


@trial("Cannot", "open a file before it was checked")
def what_was_not_checked_is_neither_listed_nor_opened(world: World) -> None:
    app = world.new_app(everything=True)
    upload_id = app.send(world.specimen, world.specimen.body)
    for _once_more in range(2):
        assert app.call("post", f"/files/{upload_id}/signed-url", {}).status_code == 404
        assert app.call("get", "/files").json()["files"] == []
        assert app.call("post", f"/uploads/{upload_id}/complete", {}).status_code == 202


@trial("Cannot", "reach another app's files")
def a_token_of_one_app_opens_nothing_of_another(world: World) -> None:
    there = world.full.file(world.specimen)
    for path, method in ((f"/files/{there}", "get"), (f"/files/{there}/signed-url", "post")):
        assert world.full.call(method, path, {} if method == "post" else None).status_code == 200
        assert world.bare.call(method, path, {} if method == "post" else None).status_code == 404


@trial("Cannot", "hold a key to your storage")
def what_is_handed_out_opens_one_place_for_one_file(world: World) -> None:
    app, body = world.full, world.specimen.body
    started = app.start(world.specimen)
    form = started.json()["upload"]
    assert settings.S3_SECRET_ACCESS_KEY not in started.content.decode()
    own = form["fields"]["key"]
    for other in ("elsewhere", f"{own}0", own.replace(str(app.person.app.id), str(world.bare.person.app.id))):
        assert send(form, body, key=other).status_code == 403
    assert send(form, body).status_code == 201
