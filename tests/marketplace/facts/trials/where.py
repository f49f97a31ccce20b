"""Where: files are kept in the places that the card names and in no other, encrypted by the key that it names."""

import pytest
from django.conf import settings

from kernel.errors import Problem
from kernel.regions import REGIONS
from storage.object_store import s3_client
from tenancy.roles import Role
from tests.gateway.conftest import send
from tests.marketplace.app_world import browser_of
from tests.marketplace.facts.registry import trial
from tests.marketplace.facts.world import OWN_KEY, App, World

_LABEL = "x-amz-meta-gatehouse-region"
_PLACES = {region.place: code for code, region in REGIONS.items()}
_PLACE = f"(?P<place>{'|'.join(_PLACES)})"


@trial("Where", _PLACE)
def an_app_there_signs_for_that_place_alone(world: World, place: str) -> None:
    app, code, body = world.new_app(_PLACES[place]), _PLACES[place], world.specimen.body
    form = app.start(world.specimen).json()["upload"]
    assert form["fields"][_LABEL] == code
    assert code in form["fields"][settings.S3_POST_TAG_FIELD]
    for other in set(REGIONS) - {code}:
        assert send(form, body, **{_LABEL: other}).status_code == 403
    assert send(form, body).status_code == 201
    _nowhere_else(world)


def _nowhere_else(world: World) -> None:
    """What the card doesn't name can't be chosen, in the form or beside it."""
    named = {_PLACES[sentence.words] for sentence in world.card if sentence.words in _PLACES}
    user, _workspace = world.new_workspace(Role.BUILDER)
    for other in {*REGIONS, "ap-southeast-2"} - named:
        form = {"name": "One", "region": other, "key": ""}
        assert browser_of(user).post(f"/templates/{world.slug}/new/", form).status_code == 422
        with pytest.raises(Problem) as refusal:
            world.new_app(other)
        assert refusal.value.type.code == "REGION_BLOCKED"


@trial("Where", OWN_KEY)
def without_a_key_of_its_own_a_workspace_makes_no_app(world: World) -> None:
    user, _workspace = world.new_workspace(Role.BUILDER)
    form = {"name": "One", "region": "eu-central-1", "key": ""}
    refused = browser_of(user).post(f"/templates/{world.slug}/new/", form, follow=True)
    assert "encrypts files with a key of the workspace&#x27;s own" in refused.content.decode()
    assert _encrypted_by(world, world.new_app()).startswith("k-")


@trial("Where", "Encrypted, with the workspace's own key where it has one")
def the_workspaces_key_is_used_where_there_is_one(world: World) -> None:
    assert _encrypted_by(world, world.new_app()) == "AES256"
    assert _encrypted_by(world, world.new_app(own_key=True)).startswith("k-")


@trial("Where", "Encrypted with the storage's own key")
def storages_key_is_used_in_any_case(world: World) -> None:
    assert _encrypted_by(world, world.new_app(own_key=True)) == "AES256"


def _encrypted_by(world: World, app: App) -> str:
    """The customer's key that storage names for a file, else how it encrypts by itself."""
    stored = app.stored(app.file(world.specimen))
    assert stored is not None
    told = s3_client().head_object(Bucket=settings.S3_BUCKET, Key=str(stored.key()))
    return told.get("SSEKMSKeyId") or str(told["ServerSideEncryption"])
