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
from tests.gateway.conftest import Person, bucket, new_person, transactional_db

__all__ = ["bucket", "transactional_db"]

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
