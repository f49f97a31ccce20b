"""The broker's endpoints as a program calls them."""

import base64
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from broker.clients import make_secret
from marketplace.installing import Choices, install
from marketplace.models import TemplateVersion
from tenancy.memberships import in_workspace
from tenancy.principals import user_principal
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import Person

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
JWT = "urn:ietf:params:oauth:token-type:jwt"
FORM = "application/x-www-form-urlencoded"


def post(path: str, form: Any, basic: tuple[str, str] | None = None, **headers: str) -> Any:
    if basic:
        headers["Authorization"] = "Basic " + base64.b64encode(":".join(basic).encode()).decode()
    body = form if isinstance(form, str | bytes) else urlencode(form)
    return Client(headers=headers).post(path, body, content_type=FORM)


def exchange(presented: str, **changes: Any) -> Any:
    form = {"grant_type": EXCHANGE, "subject_token": presented, "subject_token_type": ACCESS_TOKEN}
    return post("/oauth/token", {**form, "scope": "files:list", **changes})


def secret_of(person: Person) -> tuple[str, str]:
    with tenant_scope(person.app.tenant_id):
        value = make_secret(person.app, actor=user_principal(person.user.pk))
    return person.app.publishable_id, value


def sibling_of(person: Person) -> Person:
    """The same person with another app of the same workspace."""
    with tenant_scope(person.app.tenant_id):
        membership = in_workspace(person.user.pk, person.app.workspace_id)
        assert membership is not None
        version = TemplateVersion.objects.filter(template__slug="team-photo-share").latest("id")
        return Person(install(version, membership, Choices("Beside", "eu-central-1", frozenset())), person.user)


def introspect(token: str, basic: tuple[str, str]) -> dict[str, Any]:
    answer = post("/oauth/introspect", {"token": token}, basic)
    assert answer.status_code == 200
    return dict(answer.json())
