"""Django's admin: a workspace owner's, for their own workspace alone."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from audit.models import AuditEvent
from kernel.identifiers import new_id
from quotas.models import Quota
from tenancy.models import Membership
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import Person, bucket, new_person

__all__ = ["bucket"]

CHANGELISTS = ["/admin/quotas/quota/", "/admin/tenancy/microapp/", "/admin/tenancy/membership/"]


@pytest.fixture
def owner(transactional_db: None, bucket: None) -> Person:
    return new_person()


@pytest.fixture
def outsider(transactional_db: None, bucket: None) -> Person:
    return new_person()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def colleague(person: Person, role: Role) -> Client:
    user = User.objects.create_user(f"{new_id().hex}@acme.example")
    with tenant_scope(person.app.tenant_id):
        workspace = person.app.workspace
        Membership.objects.create(tenant_id=person.app.tenant_id, workspace=workspace, user=user, role=role)
    return signed_in(user)


def quota_of(person: Person) -> Quota:
    with tenant_scope(person.app.tenant_id):
        quota: Quota = Quota.objects.get(app=person.app)
    return quota


@pytest.mark.parametrize("address", CHANGELISTS)
def test_an_owner_sees_their_own_workspaces_things(owner: Person, address: str) -> None:
    answer = signed_in(owner.user).get(address)
    assert answer.status_code == 200
    assert answer.context["cl"].result_count >= 1


def test_an_owner_gives_an_app_more_space_and_it_is_on_the_record(owner: Person) -> None:
    quota = quota_of(owner)
    change: dict[str, Any] = {"bytes_limit": 7_000_000_000, "objects_limit": quota.objects_limit}
    answer = signed_in(owner.user).post(f"/admin/quotas/quota/{quota.pk}/change/", change)
    assert answer.status_code == 302
    assert quota_of(owner).bytes_limit == 7_000_000_000
    with tenant_scope(owner.app.tenant_id):
        event = AuditEvent.objects.get(action="quotas:quota:changed")
    assert event.detail == {"bytes_limit": 7_000_000_000}


@pytest.mark.parametrize("view", ["change/", "history/", "delete/"])
@pytest.mark.parametrize("model", ["quotas/quota", "tenancy/microapp", "tenancy/membership"])
def test_the_outsider_meets_the_same_404_for_what_is_there_and_what_is_not(
    owner: Person, outsider: Person, model: str, view: str
) -> None:
    with tenant_scope(owner.app.tenant_id):
        things = {
            "quotas/quota": Quota.objects.get(app=owner.app),
            "tenancy/microapp": owner.app,
            "tenancy/membership": Membership.objects.get(user=owner.user),
        }
    theirs = signed_in(outsider.user)
    codes = {theirs.get(f"/admin/{model}/{pk}/{view}").status_code for pk in (things[model].pk, new_id())}
    assert len(codes) == 1
    assert codes <= {403, 404}


@pytest.mark.parametrize("role", [Role.BUILDER, Role.MEMBER, Role.AUDITOR])
@pytest.mark.parametrize("address", ["/admin/", *CHANGELISTS])
def test_for_whoever_is_no_owner_it_is_not_there(owner: Person, role: Role, address: str) -> None:
    assert colleague(owner, role).get(address).status_code == 404


def test_the_counts_can_not_be_written_by_a_form(owner: Person) -> None:
    quota = quota_of(owner)
    forged = {"bytes_limit": quota.bytes_limit, "objects_limit": quota.objects_limit, "bytes_used": 1, "bytes_held": 5}
    signed_in(owner.user).post(f"/admin/quotas/quota/{quota.pk}/change/", forged)
    after = quota_of(owner)
    assert (after.bytes_used, after.bytes_held) == (0, 0)


@pytest.mark.parametrize("field", ["bytes_limit", "objects_limit", "requests_limit"])
@pytest.mark.parametrize("value", ["-1", "many", "1.5", "1e3", str(2**63), "\0"])
def test_a_limit_that_can_not_be_is_told_at_its_field_and_changes_nothing(
    owner: Person, field: str, value: str
) -> None:
    quota = quota_of(owner)
    limits = {"bytes_limit": quota.bytes_limit, "objects_limit": quota.objects_limit, "requests_limit": ""}
    answer = signed_in(owner.user).post(f"/admin/quotas/quota/{quota.pk}/change/", limits | {field: value})
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == [field]
    after = quota_of(owner)
    assert [getattr(after, name) for name in limits] == [quota.bytes_limit, quota.objects_limit, None]


def test_an_owner_limits_a_months_requests_and_lifts_the_limit_again(owner: Person) -> None:
    quota, browser = quota_of(owner), signed_in(owner.user)
    limits = {"bytes_limit": quota.bytes_limit, "objects_limit": quota.objects_limit}
    for said, kept in (("1000", 1000), ("0", 0), ("", None)):
        answer = browser.post(f"/admin/quotas/quota/{quota.pk}/change/", limits | {"requests_limit": said})
        assert answer.status_code == 302
        assert quota_of(owner).requests_limit == kept
    with tenant_scope(owner.app.tenant_id):
        events = AuditEvent.objects.filter(action="quotas:quota:changed").order_by("id")
        assert [event.detail for event in events] == [{"requests_limit": kept} for kept in (1000, 0, None)]


def test_nobody_but_the_workspaces_owner_changes_its_limits(owner: Person, outsider: Person) -> None:
    quota = quota_of(owner)
    platform = User.objects.create_superuser(f"{new_id().hex}@platform.example", "a long password")
    others = [signed_in(outsider.user), signed_in(platform)]
    others += [colleague(owner, role) for role in (Role.BUILDER, Role.AUDITOR)]
    limits = {"bytes_limit": 10**15, "objects_limit": 10**9, "requests_limit": "1"}
    for browser in others:
        assert browser.post(f"/admin/quotas/quota/{quota.pk}/change/", limits).status_code == 404
    after = quota_of(owner)
    assert (after.bytes_limit, after.requests_limit) == (quota.bytes_limit, None)
