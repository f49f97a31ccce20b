"""Another version of an app's template: seen before it holds, agreed to where it is wider, taken back, or forced."""

import datetime as dt
import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from audit.actions import AuditAction
from kernel.errors import NOT_ALLOWED, TEMPLATE_REFUSED, VALIDATION, Problem
from kernel.identifiers import new_id
from kernel.sizes import GB
from marketplace import versions
from marketplace.emergencies import update_all
from marketplace.installations import policy_of
from marketplace.models import Installation, TemplateVersion
from marketplace.publishing import publish, withdraw
from notices.models import Notice
from policy.actions import Action
from quotas.models import Quota
from storage.models import Keeping
from tenancy.memberships import in_workspace
from tenancy.models import Membership
from tenancy.roles import Role
from tests.gateway.conftest import bucket
from tests.gateway.shelf import put, row
from tests.marketplace.app_world import READING, Office, browser_of, text_of
from tests.marketplace.conftest import bent

__all__ = ["bucket"]

WIDER = {
    "permissions.required": ["files:write", "files:list", "files:read"],
    "permissions.optional": ["folders:create"],
    "uploads.max_bytes": 20_000_000,
}
TYPES = ["image/jpeg", "image/png", "image/webp", "image/gif", "image/heic"]
NARROWER = {"uploads.max_bytes": 5_000_000, "lifecycle.delete_after_days": 30, "permissions.optional": []}


class Shop:
    """An app of a template that has versions of its own."""

    def __init__(self) -> None:
        self.office = Office(extra=frozenset({Action.FOLDERS_CREATE}))
        self.slug = f"t-{new_id().hex}"
        self.first = self.publish("1.0.0", {})
        self.use(self.office, self.first)

    def publish(self, number: str, changes: dict[str, Any]) -> TemplateVersion:
        named = {"slug": self.slug, "name": f"T {self.slug}", "version": number}
        return publish(json.dumps(bent("team-photo-share", {**named, **changes})).encode())

    def use(self, office: Office, version: TemplateVersion) -> None:
        office.within(lambda: Installation.objects.filter(app=office.app).update(version=version))

    def membership(self, role: Role = Role.BUILDER) -> Membership:
        found = self.office.within(lambda: in_workspace(self.office.people[role].pk, self.office.app.workspace_id))
        assert found is not None
        return found  # type: ignore[no-any-return]

    def upgrade(self, version: TemplateVersion, *, agreed: bool = True, role: Role = Role.BUILDER) -> Any:
        member = self.membership(role)
        return self.office.within(lambda: versions.upgrade(self.office.app, version, member, agreed=agreed))

    def number(self) -> str:
        return self.office.installation().version.version

    def actions(self) -> frozenset[Action]:
        return self.office.within(lambda: policy_of(self.office.app)).actions  # type: ignore[no-any-return]


@pytest.fixture
def shop(transactional_db: None, bucket: None) -> Shop:
    return Shop()


@pytest.fixture
def staff(transactional_db: None) -> User:
    return User.objects.create_user(f"{new_id().hex}@platform.example", is_staff=True)


def test_the_pages_are_for_their_roles_alone(shop: Shop) -> None:
    office = shop.office
    shop.publish("1.1.0", WIDER)
    for role in Role:
        assert office.get("update/", role).status_code == (200 if role in READING else 404)
        if role in {Role.MEMBER, Role.AUDITOR}:
            assert office.post("update/", {"version": "1.1.0", "agreed": "yes"}, role).status_code == 404
            assert office.post("update/back/", role=role).status_code == 404
    assert '<button class="button primary" type="submit">Update' not in text_of(office.get("update/", Role.AUDITOR))
    assert browser_of(office.stranger.user).post(office.address("update/"), {"version": "1.1.0"}).status_code == 404
    assert shop.number() == "1.0.0"


def test_a_newer_version_is_offered_with_what_it_changes(shop: Shop) -> None:
    assert "This is the newest version" in text_of(shop.office.get("update/"))
    shop.publish("1.1.0", WIDER)
    shop.publish("1.0.5", NARROWER)
    assert "Version 1.1.0 of its template is there." in text_of(shop.office.get())
    page = text_of(shop.office.get("update/"))
    assert "15 MB</del>" in page
    assert "20 MB</ins>" in page
    assert "<dt>May open files <span" in page
    assert page.count("New: it could do more") == 2


def test_what_is_wider_needs_a_word_and_then_holds_at_once(shop: Shop) -> None:
    shop.publish("1.1.0", WIDER)
    refused = shop.office.post("update/", {"version": "1.1.0"}, Role.BUILDER)
    assert refused.status_code == 409
    assert "Say that you agree" in text_of(refused)
    assert shop.number() == "1.0.0"
    moved = shop.office.post("update/", {"version": "1.1.0", "agreed": "yes"}, Role.BUILDER)
    assert moved.status_code == 302
    assert shop.actions() == {Action.FILES_WRITE, Action.FILES_LIST, Action.FILES_READ, Action.FOLDERS_CREATE}
    assert shop.office.person.start(size=18_000_000).status_code == 201
    detail = shop.office.events(AuditAction.APP_UPDATED)[-1].detail
    assert (detail["before"], detail["after"], detail["kind"]) == ("1.0.0", "1.1.0", "upgrade")


def test_what_is_narrower_needs_none_and_drops_what_is_no_longer_offered(shop: Shop) -> None:
    file_id = put(shop.office.person, "a.jpg")
    shop.upgrade(shop.publish("1.1.0", NARROWER), agreed=False)
    assert shop.actions() == {Action.FILES_WRITE, Action.FILES_LIST}
    assert shop.office.person.start(size=6_000_000).status_code == 413
    stored = row(shop.office.person, file_id)
    assert stored.delete_at is not None
    assert (stored.delete_at - stored.created_at).days == 30


def test_the_days_of_labels_follow_the_version_back_and_forth(shop: Shop) -> None:
    file_id = put(shop.office.person, "a.jpg", labels={"classification": "internal", "kind": "photo"})
    longer = shop.publish("1.1.0", {"lifecycle.labels": [{"kind": "photo", "minimum_days": 100}]})
    assert "files of the kind “photo” at least 100 days" in text_of(shop.office.get("update/"))
    shop.upgrade(longer)
    stored = row(shop.office.person, file_id)
    assert stored.retained_until == stored.delete_at == stored.created_at + dt.timedelta(days=100)
    member = shop.membership()
    shop.office.within(lambda: versions.rollback(shop.office.app, member))
    stored = row(shop.office.person, file_id)
    assert (stored.retained_until, stored.delete_at) == (None, stored.created_at + dt.timedelta(days=90))


def test_what_an_owner_decided_stays_within_the_new_bounds(shop: Shop) -> None:
    office = shop.office
    office.within(lambda: Quota.objects.filter(app=office.app).update(bytes_limit=9 * GB))
    office.within(lambda: Keeping.objects.filter(app=office.app).update(delete_after_days=60))
    shop.upgrade(shop.publish("1.1.0", {"lifecycle.delete_after_days": 75, "quota.app_bytes": 6 * GB}))
    assert office.within(lambda: Quota.objects.get(app=office.app)).bytes_limit == 9 * GB
    assert office.within(lambda: Keeping.objects.get(app=office.app)).delete_after_days == 60
    shop.upgrade(shop.publish("1.2.0", {"lifecycle.delete_after_days": 20}))
    keeping = office.within(lambda: Keeping.objects.get(app=office.app))
    assert (keeping.delete_after_days, keeping.longest_days) == (20, 20)


def test_the_template_s_own_space_follows_the_version(shop: Shop) -> None:
    shop.upgrade(shop.publish("1.1.0", {"quota.app_bytes": 6 * GB}))
    assert shop.office.within(lambda: Quota.objects.get(app=shop.office.app)).bytes_limit == 6 * GB


def test_other_words_of_consent_are_asked_for_again(shop: Shop) -> None:
    assert shop.office.person.start().status_code == 201
    before = shop.office.within(lambda: policy_of(shop.office.app)).document
    lines = [*bent("team-photo-share", {})["consent"]["lines"], "Photos may be printed."]
    after = shop.publish("1.1.0", {"consent.lines": lines})
    assert versions.asks_again(before, after.document)
    assert "asked to agree again" in text_of(shop.office.get("update/"))


def test_the_last_upgrade_is_taken_back_with_what_was_allowed_before(shop: Shop) -> None:
    shop.upgrade(shop.publish("1.1.0", NARROWER))
    assert "Go back to 1.0.0" in text_of(shop.office.get("update/"))
    assert shop.office.post("update/back/", role=Role.BUILDER).status_code == 302
    assert shop.number() == "1.0.0"
    assert Action.FOLDERS_CREATE in shop.actions()
    again = shop.office.post("update/back/", role=Role.BUILDER)
    assert again.status_code == 409
    assert "There is no upgrade that can be taken back." in text_of(again)


def test_nothing_leads_back_to_a_withdrawn_version(shop: Shop, staff: User) -> None:
    shop.upgrade(shop.publish("1.1.0", NARROWER))
    withdraw(shop.first, staff, "It leaks.")
    assert "Go back to" not in text_of(shop.office.get("update/"))
    assert shop.office.post("update/back/").status_code == 409


@pytest.mark.parametrize("number", ["1.0.0", "0.9.0"])
def test_an_upgrade_goes_forward_only(shop: Shop, number: str) -> None:
    version = shop.first if number == "1.0.0" else shop.publish(number, NARROWER)
    with pytest.raises(Problem) as refused:
        shop.upgrade(version)
    assert refused.value.type == TEMPLATE_REFUSED
    assert shop.office.post("update/", {"version": "7.7.7"}).status_code == 404


def test_a_version_of_another_template_or_from_a_member_is_refused(shop: Shop) -> None:
    newer = shop.publish("1.1.0", NARROWER)
    with pytest.raises(Problem) as refused:
        shop.upgrade(newer, role=Role.MEMBER)
    assert refused.value.type == NOT_ALLOWED
    with pytest.raises(Problem) as foreign:
        shop.upgrade(Shop().publish("9.0.0", {}))
    assert foreign.value.type == TEMPLATE_REFUSED


def test_a_version_without_the_app_s_region_is_refused(shop: Shop) -> None:
    elsewhere = shop.publish("1.1.0", {"regions": ["us-east-1"]})
    answer = shop.office.post("update/", {"version": elsewhere.version, "agreed": "yes"})
    assert answer.status_code == 409
    assert "This app keeps files in Frankfurt" in text_of(answer)


def test_an_emergency_moves_every_app_ends_its_access_and_tells_owners(shop: Shop, staff: User) -> None:
    other = Office()
    shop.use(other, shop.first)
    token = shop.office.person.token()
    assert shop.office.person.call("get", "/files", token=token).status_code == 200
    safer = shop.publish("1.0.1", NARROWER)
    assert update_all(safer, staff, "Version 1.0.0 took files that were too large.") == 2
    assert {shop.number(), other.installation().version.version} == {"1.0.1"}
    assert shop.office.person.call("get", "/files", token=token).status_code == 401
    notice = shop.office.within(lambda: Notice.objects.get(kind="app.updated"))
    assert notice.facts["version"] == "1.0.1"
    page = text_of(shop.office.get("update/"))
    assert "Updated by the platform team, for safety: 1.0.0 → 1.0.1" in page
    assert "Version 1.0.0 took files that were too large." in page
    assert "Go back" not in page
    assert shop.office.post("update/back/").status_code == 409
    assert update_all(safer, staff, "again") == 0


def test_an_emergency_is_the_platform_s_and_has_a_reason(shop: Shop, staff: User) -> None:
    safer = shop.publish("1.0.1", NARROWER)
    with pytest.raises(Problem):
        update_all(safer, shop.office.person.user, "I want it")
    with pytest.raises(ValueError, match="for a reason"):
        update_all(safer, staff, "  ")
    assert shop.number() == "1.0.0"


def test_the_command_moves_them_too(shop: Shop, staff: User) -> None:
    shop.publish("1.0.1", NARROWER)
    said = StringIO()
    call_command("update_apps_now", shop.slug, "1.0.1", by=staff.email, reason="A drill.", stdout=said)
    assert said.getvalue() == "1 apps are at 1.0.1 now.\n"
    with pytest.raises(CommandError):
        call_command("update_apps_now", shop.slug, "9.9.9", by=staff.email, reason="A drill.")


def test_without_a_word_nothing_wider_slips_through_the_function(shop: Shop) -> None:
    with pytest.raises(Problem) as refused:
        shop.upgrade(shop.publish("1.1.0", WIDER), agreed=False)
    assert refused.value.type == VALIDATION
