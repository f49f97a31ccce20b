"""An app with a person who may use it, and an API client."""

import json
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from django.db import connections
from django.test import Client

from accounts.models import User
from broker.consents import agree
from broker.grants import Grant
from broker.issuing import issue
from gateway.grants import grants
from kernel.identifiers import new_id
from marketplace.installing import Choices, install
from marketplace.publishing import CATALOGUE, publish
from operations.demo import found
from policy.actions import Action
from policy.narrowing import Reach
from scanning.engines.registry import engines
from scanning.pipeline import scan_upload
from storage.object_store import object_store, s3_client
from storage.provisioning import provision
from tenancy.memberships import in_workspace
from tenancy.models import MicroApp, Workspace
from tenancy.principals import user_principal
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.gateway.documented import require_documented
from tests.web import web

PICTURE = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xda\x00\x02" + bytes(2000) + b"\xff\xd9"
)


def grant_of(app: MicroApp, role: Role) -> Grant:
    held = grants(app.publishable_id)
    grant = held.grant(role) if held else None
    assert grant is not None
    return grant


@dataclass
class Person:
    """A builder with an app and the tokens for it."""

    app: MicroApp
    user: User

    def token(self, *actions: Action, prefix: str = "") -> str:
        with tenant_scope(self.app.tenant_id):
            membership = in_workspace(self.user.pk, self.app.workspace_id)
            assert membership is not None
            grant = grant_of(self.app, Role(membership.role))
            agree(self.app, self.user.pk, grant.consent)
            reach = Reach(frozenset(actions) or grant.reach.actions, prefix, 300)
            return issue(self.app, user_principal(self.user.pk), grant, reach).value

    def call(self, method: str, path: str, content: Any = None, token: str | None = None, **headers: str) -> Any:
        body = {} if content is None else {"data": json.dumps(content), "content_type": "application/json"}
        sent = {"Authorization": f"Bearer {token or self.token()}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = getattr(Client(headers=sent), method)(f"/api/v1{path}", **body)
        require_documented(method, f"/api/v1{path}", answer)
        return answer

    def start(self, **changes: Any) -> Any:
        wish = {"path": "cat.jpg", "size": len(PICTURE), "content_type": "image/jpeg"} | changes
        return self.call("post", "/uploads", wish)

    def held(self) -> tuple[int, int]:
        with tenant_scope(self.app.tenant_id):
            quota = self.app.quota
            quota.refresh_from_db()
            return quota.bytes_held, quota.bytes_used


EVERYTHING = frozenset({Action.FILES_READ, Action.FOLDERS_CREATE})


def new_person(
    template: str = "team-photo-share",
    extra: frozenset[Action] = EVERYTHING,
    prepare: Callable[[Workspace, uuid.UUID], object] = lambda _workspace, _owner: None,
) -> Person:
    version = publish((CATALOGUE / f"{template}.json").read_bytes())
    user = User.objects.create_user(f"{new_id().hex}@acme.example")
    workspace = found("Acme", f"a-{new_id().hex}", "Acme", "eu-central-1", [(user, Role.OWNER)])
    with tenant_scope(workspace.tenant_id):
        membership = in_workspace(user.pk, workspace.id)
        assert membership is not None
        prepare(workspace, user.pk)
        app = install(version, membership, Choices("Photos", "eu-central-1", extra))
    return Person(app, user)


@pytest.fixture(scope="session")
def bucket() -> None:
    provision(s3_client())


@pytest.fixture
def person(transactional_db: None, bucket: None) -> Person:
    return new_person()


@pytest.fixture
def keeper(transactional_db: None, bucket: None) -> Person:
    """Somebody whose app may delete, too."""
    return new_person("team-file-share", frozenset({Action.FOLDERS_CREATE, Action.FILES_DELETE}))


@pytest.fixture
def stranger(transactional_db: None, bucket: None) -> Person:
    return new_person()


@pytest.fixture
def filed(person: Person, settings: Any) -> str:
    """The id of a file that was found clean."""
    return file_away(person, settings.CLAMD_URL)


def file_away(person: Person, clamd_url: str, body: bytes = PICTURE, **changes: Any) -> str:
    """Bring a file in, to its end; its id."""
    started = person.start(size=len(body), **changes).json()
    assert send(started["upload"], body).status_code == 201
    assert person.call("post", f"/uploads/{started['id']}/complete", {}).status_code == 202
    scan_upload(object_store(), engines(clamd_url), person.app.tenant_id, uuid.UUID(started["id"]))
    return str(started["id"])


def together(do: Any, times: int) -> None:
    """Run it in so many threads at once."""

    def run() -> None:
        try:
            do()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def send(form: dict[str, Any], body: bytes, **changes: str) -> httpx2.Response:
    """Send a signed form as a browser would, with some fields changed."""
    return web.post(form["url"], data={**form["fields"], **changes}, files={"file": ("f", body)})
