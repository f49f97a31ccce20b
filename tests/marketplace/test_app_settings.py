"""What builders set, what they may only ask for, and what the template fixed."""

import pytest

from audit.actions import AuditAction
from kernel.errors import APP_PAUSED, NAME_TAKEN
from marketplace.installations import policy_of
from marketplace.installing import Choices, install
from policy.actions import Action
from tenancy.memberships import in_workspace
from tenancy.roles import Role
from tests.gateway.conftest import bucket
from tests.marketplace.app_world import BUILDING, Office, browser_of, text_of

__all__ = ["bucket"]


@pytest.fixture
def office(transactional_db: None, bucket: None) -> Office:
    return Office(extra=frozenset({Action.FILES_READ}))


def test_only_who_builds_opens_the_settings_and_changes_them(office: Office) -> None:
    changes = {"settings/": {"name": "Other"}, "settings/uploads/": {"uploads": "pause"},
               "settings/permission/": {"action": "files:read", "may": "no"}}  # fmt: skip
    for page, content in changes.items():
        for role in (Role.MEMBER, Role.AUDITOR):
            assert office.post(page, content, role).status_code == 404, (page, role)
        assert browser_of(office.stranger.user).post(office.address(page), content).status_code == 404
    for role in Role:
        assert office.get("settings/", role).status_code == (200 if role in BUILDING else 404)
    assert (office.fresh().name, office.fresh().paused_at) == ("Photos", None)


def test_a_new_name_is_on_the_page_and_on_the_record(office: Office) -> None:
    answer = office.post("settings/", {"name": "Summer"}, Role.BUILDER)
    assert answer.status_code == 302
    assert office.fresh().name == "Summer"
    assert office.fresh().slug == office.app.slug
    assert office.events(AuditAction.APP_CHANGED)[-1].detail == {"name": "Summer", "before": "Photos"}


def test_a_name_that_is_taken_or_no_name_keeps_what_was_typed_and_says_why(office: Office) -> None:
    membership = office.within(lambda: in_workspace(office.person.user.pk, office.app.workspace_id))
    office.within(lambda: install(office.version, membership, Choices("Taken", "eu-central-1")))
    answer = office.post("settings/", {"name": "Taken"})
    assert answer.status_code == 422
    assert NAME_TAKEN.words_for({"name": "Taken"}) in text_of(answer)
    assert "<title>Error: Settings" in text_of(answer)
    assert office.post("settings/", {"name": "a/b"}).status_code == 422
    assert office.fresh().name == "Photos"


def test_paused_uploads_are_refused_and_opened_again(office: Office) -> None:
    office.post("settings/uploads/", {"uploads": "pause"}, Role.BUILDER)
    assert office.person.start().json()["code"] == APP_PAUSED.code
    assert "Uploads are paused" in text_of(office.get())
    office.post("settings/uploads/", {"uploads": "open"})
    assert office.person.start().status_code == 201
    assert [event.detail for event in office.events(AuditAction.APP_CHANGED)] == [
        {"uploads": "paused"}, {"uploads": "open"},
    ]  # fmt: skip


def test_a_permission_taken_away_is_gone_at_once_and_only_an_owner_gives_it(office: Office) -> None:
    office.post("settings/permission/", {"action": "files:read", "may": "no"}, Role.BUILDER)
    assert Action.FILES_READ not in office.within(lambda: policy_of(office.app)).actions
    given = {"action": "files:read", "may": "yes"}
    assert office.post("settings/permission/", given, Role.BUILDER).status_code == 404
    assert office.post("settings/permission/", given).status_code == 302
    assert Action.FILES_READ in office.within(lambda: policy_of(office.app)).actions


@pytest.mark.parametrize("action", ["files:delete", "files:write", "everything", ""])
def test_nobody_gives_what_the_template_does_not_offer(office: Office, action: str) -> None:
    assert office.post("settings/permission/", {"action": action, "may": "yes"}).status_code == 404


def test_locked_settings_say_who_can_and_offer_to_ask(office: Office) -> None:
    builder, owner = text_of(office.get("settings/", Role.BUILDER)), text_of(office.get("settings/"))
    assert f"Yours is {office.person.user}." in builder
    assert "requests/new/?kind=space" in builder
    assert "requests/new/?kind=permission&amp;wanted=folders%3Acreate" in builder
    assert "/admin/quotas/quota/" in owner
    assert "requests/new/" not in owner
    for words in ("up to 15 MB", "Frankfurt", "Virus scan", "5 minutes"):
        assert words in builder
