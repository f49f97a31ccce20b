"""A template's own rules at uploadStart, getSignedUrl and the exchange, over HTTP."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import User
from broker.consents import agree
from kernel.identifiers import new_id
from marketplace.installing import Choices, install
from marketplace.publishing import publish
from policy.actions import Action
from policy.canonical import canonical_bytes
from policy.rego import asking
from policy.rego.opa_server import OpaServer
from quotas import reservations
from storage.models import StoredFile
from tenancy.models import MicroApp
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import Person, grant_of
from tests.marketplace.conftest import Maker, bent

RULES = """package gatehouse.template

import rego.v1

deny contains sprintf("%s needs a number.", [input.file.name]) if {
  input.operation == "uploadStart"
  not regex.match(`[0-9]`, input.file.name)
}

labels["classification"] := "confidential" if startswith(input.file.name, "staff")

deny contains "Drawings are opened in the office." if {
  input.operation == "getSignedUrl"
  startswith(input.file.name, "drawing")
}

deny contains "Builders only look." if {
  input.operation == "exchange"
  input.access.role == "builder"
  "folders:create" in input.access.actions
}
"""


@pytest.fixture
def person(maker: Maker) -> Person:
    name = f"t-{new_id().hex}"
    document = bent("team-photo-share", {"slug": name, "name": f"Photos {name}", "rego": RULES})
    version = publish(canonical_bytes(document))
    with tenant_scope(maker.workspace.tenant_id):
        everything = frozenset({Action.FILES_READ, Action.FOLDERS_CREATE})
        app = install(version, maker.membership, Choices("Photos", "eu-central-1", everything))
    return Person(app, maker.user)


def stored(app: MicroApp, name: str) -> str:
    with tenant_scope(app.tenant_id):
        file = StoredFile.objects.create(
            tenant_id=app.tenant_id, app=app, name=name, size=5, content_type="image/jpeg", etag="x",
            reservation=reservations.reserve(app, 5), created_by="user:somebody",
        )  # fmt: skip
    return str(file.pk)


def exchanged(person: Person, scope: str) -> Any:
    with tenant_scope(person.app.tenant_id):
        grant = grant_of(person.app, Role.BUILDER)
        agree(person.app, person.user.pk, grant.consent)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.get(pk=person.user.pk))
    browser.get("/apps/")
    page = browser.get(f"/go/{person.app.slug}/")
    csrf = page.context["csrf_token"]
    form = urlencode({
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": str(csrf),
        "subject_token_type": "urn:gatehouse:params:oauth:token-type:session",
        "audience": person.app.publishable_id, "scope": scope,
    })  # fmt: skip
    return browser.post("/oauth/token", form, content_type="application/x-www-form-urlencoded")


def test_an_upload_is_refused_in_the_modules_words(person: Person) -> None:
    refused = person.start(path="cat.jpg")
    assert refused.status_code == 403
    told = json.loads(refused.content)
    assert told["code"] == "POLICY_REFUSED"
    assert told["user_message"] == "This app's own rules refuse this: cat.jpg needs a number."
    assert person.held() == (0, 0)


def test_an_upload_that_the_module_takes_carries_its_label(person: Person) -> None:
    started = person.start(path="staff 1.jpg")
    assert started.status_code == 201
    assert "confidential" in json.dumps(json.loads(started.content)["upload"]["fields"])


def test_a_link_is_refused_in_the_modules_words(person: Person) -> None:
    drawing, photo = stored(person.app, "drawing 1.jpg"), stored(person.app, "photo 1.jpg")
    refused = person.call("post", f"/files/{drawing}/signed-url", {})
    assert (refused.status_code, json.loads(refused.content)["code"]) == (403, "POLICY_REFUSED")
    assert "Drawings are opened in the office." in json.loads(refused.content)["user_message"]
    assert person.call("post", f"/files/{photo}/signed-url", {}).status_code < 300


def test_a_token_is_refused_in_the_modules_words(person: Person) -> None:
    refused = exchanged(person, "files:list folders:create")
    assert refused.status_code == 403, refused.content
    assert refused.json()["error"] == "access_denied"
    assert refused.json()["error_description"] == "This app's own rules refuse this: Builders only look."
    assert exchanged(person, "files:list").status_code == 200


def test_nothing_is_given_while_the_engine_cannot_be_asked(person: Person) -> None:
    asking.ask_through(OpaServer("http://127.0.0.1:1"))
    try:
        assert json.loads(person.start(path="cat 1.jpg").content)["code"] == "POLICY_UNAVAILABLE"
        assert exchanged(person, "files:list").status_code == 503
    finally:
        asking.ask_through(None)
