"""A template that needs what the installation can't do: readable, and no app can be made of it."""

from typing import Any

import pytest

from accounts.models import User
from kernel.errors import Problem
from kernel.identifiers import new_id
from marketplace.installing import Choices, install
from marketplace.publishing import publish_catalogue
from marketplace.readiness import missing
from marketplace.safety_facts import safety_facts
from operations.demo import found
from policy import abilities
from policy.abilities import Ability
from tenancy.memberships import in_workspace
from tenancy.models import MicroApp
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import bucket
from tests.marketplace.conftest import CATALOGUE, bent, document, shipped
from tests.marketplace.own_keys import use_new_key

__all__ = ["bucket"]

SLUGS = sorted(file.stem for file in CATALOGUE.glob("*.json"))
NEEDS = {
    "public-drop-box": {Ability.PUBLIC_UPLOADS, Ability.PROOF_OF_WORK},
    "invoice-inbox": {Ability.CUSTOMER_KEYS, Ability.PERSONAL_DATA_SCAN, Ability.ARCHIVING},
    "event-gallery": {Ability.PUBLIC_READ, Ability.SMALLER_PICTURES},
    "team-photo-share": {Ability.SMALLER_PICTURES},
}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_template_needs_exactly_what_it_carries(slug: str) -> None:
    needed = NEEDS.get(slug, set())
    assert set(missing(document(shipped(slug)), ())) == {ability.words for ability in needed}
    assert missing(document(shipped(slug)), needed) == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"origins": ["https://shop.example"]}, "websites that a template lists"),
        ({"lifecycle.archive_after_days": 10}, "moving old files to the archive"),
        ({"scanning.engines": ["malware", "secrets"]}, "the search for passwords and keys"),
        ({"options": [{"name": "x", "label": "Glitter", "kind": "boolean", "default": True}]}, "the choice “Glitter”"),
    ],
)
def test_each_requirement_is_named(changes: dict[str, Any], words: str) -> None:
    assert missing(document(bent("team-photo-share", changes)), {Ability.SMALLER_PICTURES}) == (words,)


def test_every_ability_has_words_that_fit_a_sentence() -> None:
    assert all(ability.words and ability.words[-1] not in ".!" for ability in Ability)


@pytest.mark.parametrize("slug", SLUGS)
def test_installing_fails_closed_in_clear_words(transactional_db: None, bucket: None, slug: str) -> None:
    version = next(version for version in publish_catalogue() if version.template.slug == slug)
    user = User.objects.create_user(f"{new_id().hex}@acme.example")
    workspace = found("Acme", f"a-{new_id().hex}", "Acme", "eu-central-1", [(user, Role.OWNER)])
    lacking = missing(version.document, abilities.here())
    with tenant_scope(workspace.tenant_id):
        membership = in_workspace(user.pk, workspace.id)
        assert membership is not None
        if version.document.encryption.customer_key == "required":
            use_new_key(workspace, user.pk)
        if not lacking:
            assert install(version, membership, Choices("One", "eu-central-1")).name == "One"
            return
        with pytest.raises(Problem) as refusal:
            install(version, membership, Choices("One", "eu-central-1"))
        assert not MicroApp.objects.filter(workspace=workspace).exists()
    assert refusal.value.type.code == "TEMPLATE_NOT_READY"
    assert f"Not available on this installation: {', '.join(lacking)}." in refusal.value.user_message


@pytest.mark.parametrize("slug", SLUGS)
def test_every_template_has_its_safety_facts(transactional_db: None, slug: str) -> None:
    version = next(version for version in publish_catalogue() if version.template.slug == slug)
    facts = safety_facts(version)
    assert len(facts.checked) == len(version.document.scanning.engines)
    assert facts.cost_words.startswith("about €")
