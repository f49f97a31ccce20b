"""People of two organisations, and documents to bend."""

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from kernel.identifiers import new_id
from marketplace import draft, reviews
from marketplace.models import Review, TemplateDraft
from operations.demo import found
from policy.document import Document, parse
from tenancy.memberships import in_workspace
from tenancy.models import Membership, Workspace
from tenancy.roles import Role
from tenancy.scoping import tenant_scope

CATALOGUE = Path(__file__).parents[2] / "marketplace" / "catalogue"


def shipped(slug: str) -> dict[str, Any]:
    """A shipped document's content."""
    content: dict[str, Any] = json.loads((CATALOGUE / f"{slug}.json").read_bytes())
    return content


def bent(slug: str, changes: dict[str, Any]) -> dict[str, Any]:
    """A shipped document's content with some fields set: `{"uploads.max_bytes": 5}`; `...` takes a field away."""
    content = copy.deepcopy(shipped(slug))
    for path, value in changes.items():
        *parents, last = path.split(".")
        place = content
        for parent in parents:
            place = place[parent]
        if value is ...:
            place.pop(last, None)
        else:
            place[last] = value
    return content


def document(content: dict[str, Any]) -> Document:
    """The typed document."""
    return parse(json.dumps(content).encode())


@dataclass
class Maker:
    """Somebody who makes templates in a workspace of their own organisation."""

    user: User
    workspace: Workspace

    @property
    def membership(self) -> Membership:
        membership = in_workspace(self.user.pk, self.workspace.id)
        assert membership is not None
        return membership

    def draft(self, content: dict[str, Any]) -> TemplateDraft:
        with tenant_scope(self.workspace.tenant_id):
            return draft.from_form(content, self.membership)

    def ask(self, content: dict[str, Any]) -> Review:
        """A review of a draft of this content, under a name that nobody else has."""
        name = f"t-{new_id().hex}"
        handed_in = self.draft({**content, "slug": name, "name": f"Template {name}"})
        with tenant_scope(self.workspace.tenant_id):
            return reviews.ask(handed_in, self.membership)


def new_maker(role: Role = Role.BUILDER) -> Maker:
    user = User.objects.create_user(f"{new_id().hex}@acme.example")
    return Maker(user, found("Acme", f"a-{new_id().hex}", "Acme", "eu-central-1", [(user, role)]))


@pytest.fixture
def maker(transactional_db: None) -> Maker:
    return new_maker()


@pytest.fixture
def reviewer(transactional_db: None) -> User:
    return User.objects.create_user(f"{new_id().hex}@platform.example", is_staff=True)
