"""What stands above workspaces: an organisation's space, and one person's in all its apps. Never over by a byte."""

import io
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.models import Q

from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel.errors import Problem
from kernel.sizes import GB
from lifecycle.usage import quota_drift
from marketplace.installing import Choices, install
from marketplace.publishing import publish_catalogue
from notices.models import Notice
from notices.quota_watch import watch_quotas
from quotas import reservations
from quotas.ceilings import CeilingError, lift_ceiling, set_ceiling
from quotas.models import Quota, Reservation
from tenancy.models import Membership, MicroApp, Workspace
from tenancy.principals import system_principal, user_principal
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import PICTURE, Person, bucket, new_person, send, together

__all__ = ["bucket"]
ACTOR = system_principal("test")
WISH = {"path": "cat.jpg", "size": len(PICTURE), "content_type": "image/jpeg"}


@dataclass
class House:
    """An organisation with an app in each of its two workspaces."""

    person: Person
    apps: tuple[MicroApp, MicroApp]

    @property
    def tenant_id(self) -> Any:
        return self.apps[0].tenant_id

    @property
    def ann(self) -> str:
        return str(user_principal(self.person.user.pk))

    def limit(self, size: int, files: int = 1000, person: str = "") -> None:
        with tenant_scope(self.tenant_id):
            set_ceiling(size, files, actor=ACTOR, person=person)

    def reserve(self, size: int, app: int = 0, by: str = "") -> Reservation:
        with tenant_scope(self.tenant_id):
            return reservations.reserve(self.apps[app], size, by)

    def refusal(self, size: int, app: int = 0, by: str = "") -> str:
        with pytest.raises(Problem) as problem:
            self.reserve(size, app, by)
        return str(problem.value.type.code)

    def counts(self, person: str = "") -> tuple[int, int, int, int]:
        with tenant_scope(self.tenant_id):
            quota = Quota.objects.get(workspace=None, person=person)
            return quota.bytes_held, quota.objects_held, quota.bytes_used, quota.objects_used

    def drift(self) -> list[Any]:
        with tenant_scope(self.tenant_id):
            return list(quota_drift(repair=False))


@pytest.fixture
def house(transactional_db: None, bucket: None) -> House:
    person = new_person()
    tenant_id = person.app.tenant_id
    version = next(version for version in publish_catalogue() if version.template.slug == "team-photo-share")
    with tenant_scope(tenant_id):
        other = Workspace.objects.create(tenant_id=tenant_id, name="Second", slug="second", region="eu-central-1")
        Quota.objects.create(tenant_id=tenant_id, workspace=other, bytes_limit=GB, objects_limit=1000)
        owner = Membership.objects.create(tenant_id=tenant_id, workspace=other, user=person.user, role=Role.OWNER)
        second = install(version, owner, Choices("More photos", "eu-central-1", frozenset()))
    return House(person, (person.app, second))


def test_all_workspaces_of_an_organisation_share_its_space_to_the_byte(house: House) -> None:
    house.limit(1000)
    house.reserve(600)
    assert house.refusal(401, app=1) == "QUOTA_TENANT_EXCEEDED"
    house.reserve(400, app=1)
    assert house.refusal(1) == "QUOTA_TENANT_EXCEEDED"
    assert house.counts() == (1000, 2, 0, 0)


def test_a_person_has_one_space_in_all_apps_and_others_have_theirs(house: House) -> None:
    house.limit(10_000)
    house.limit(500, person=house.ann)
    house.reserve(300, by=house.ann)
    assert house.refusal(201, app=1, by=house.ann) == "QUOTA_USER_EXCEEDED"
    house.reserve(201, app=1, by="user:somebody")
    house.reserve(200, app=1, by=house.ann)
    assert house.counts(house.ann) == (500, 2, 0, 0)
    assert house.counts() == (701, 3, 0, 0)


def test_numbers_of_files_are_limited_too(house: House) -> None:
    house.limit(10_000, files=1)
    house.reserve(1)
    assert house.refusal(1, app=1) == "QUOTA_TENANT_EXCEEDED"


def test_a_new_limit_counts_what_is_there_already(house: House) -> None:
    with tenant_scope(house.tenant_id):
        settled = reservations.reserve(house.apps[0], 300, house.ann)
        reservations.settle(settled, 200)
    house.reserve(50, app=1, by=house.ann)
    house.reserve(7, app=1)
    house.limit(1000)
    house.limit(1000, person=house.ann)
    assert house.counts() == (57, 2, 200, 1)
    assert house.counts(house.ann) == (50, 1, 200, 1)
    assert house.drift() == []


def test_settling_shrinking_and_releasing_reach_every_quota(house: House) -> None:
    house.limit(1000)
    house.limit(1000, person=house.ann)
    held = house.reserve(300, by=house.ann)
    with tenant_scope(house.tenant_id):
        reservations.settle(held, 200)
        reservations.shrink(held, 150)
    assert house.counts() == house.counts(house.ann) == (0, 0, 150, 1)
    with tenant_scope(house.tenant_id):
        reservations.release(held)
    assert house.counts() == house.counts(house.ann) == (0, 0, 0, 0)


def test_the_gateway_refuses_in_words_and_holds_nothing(house: House) -> None:
    assert house.person.start().status_code == 201
    house.limit(len(PICTURE) * 10)
    house.limit(len(PICTURE) * 2 - 1, person=house.ann)
    refused = house.person.start(path="dog.jpg")
    assert (refused.status_code, refused.json()["code"]) == (403, "QUOTA_USER_EXCEEDED")
    assert refused.json()["user_message"].startswith("You have used all of your ")
    house.limit(len(PICTURE))
    refused = house.person.start(path="dog.jpg")
    assert refused.json()["code"] == "QUOTA_TENANT_EXCEEDED"
    assert refused.json()["user_message"].startswith("Acme has used all of its ")
    assert house.counts() == (len(PICTURE), 1, 0, 0)
    house.limit(len(PICTURE) * 2)
    house.limit(len(PICTURE) * 2, person=house.ann)
    assert house.person.start(path="dog.jpg").status_code == 201
    assert house.counts() == house.counts(house.ann) == (len(PICTURE) * 2, 2, 0, 0)
    assert house.drift() == []


def test_many_at_once_in_both_apps_never_pass_it_by_a_byte_while_it_is_set(house: House) -> None:
    """Sixteen threads hold, settle and release in both workspaces; the limit appears in their midst."""
    numbers = iter(range(16))
    refused = []

    def use() -> None:
        number = next(numbers)
        for size in (70, 90, 110):
            try:
                held = house.reserve(size, app=number % 2, by=house.ann if number % 3 else "user:other")
            except Problem as problem:
                refused.append(problem.type.code)
                continue
            with tenant_scope(house.tenant_id):
                if number % 4:
                    reservations.settle(held, size - 1)
                else:
                    reservations.release(held)

    def set_it() -> None:
        house.limit(1500)
        house.limit(700, person=house.ann)
        connections.close_all()

    setting = threading.Thread(target=set_it)
    setting.start()
    together(use, 16)
    setting.join()
    assert house.drift() == []
    house.limit(1500)
    house.limit(700, person=house.ann)
    for whose in ("", house.ann):
        with suppress(Problem):
            while True:
                house.reserve(10, by=whose)
    held, _, used, _ = house.counts()
    assert 1490 < held + used <= 1500
    held, _, used, _ = house.counts(house.ann)
    assert held + used <= 700
    assert set(refused) <= {"QUOTA_TENANT_EXCEEDED", "QUOTA_USER_EXCEEDED"}


def test_uploads_that_race_for_the_last_bytes_share_them_exactly(house: House) -> None:
    house.limit(len(PICTURE) * 5)
    answers = []
    apps = [house.person.token()]
    together(lambda: answers.append(house.person.call("post", "/uploads", WISH, apps[0]).status_code), 9)
    assert sorted(answers) == [201] * 5 + [403] * 4
    assert house.counts() == (len(PICTURE) * 5, 5, 0, 0)


@pytest.mark.parametrize(("percent", "kind"), [(80, "quota.near"), (95, "quota.nearly_full"), (100, "quota.full")])
def test_owners_of_all_workspaces_are_told_once(house: House, percent: int, kind: str) -> None:
    house.limit(1000)
    with tenant_scope(house.tenant_id):
        reservations.settle(reservations.reserve(house.apps[0], percent * 10, house.ann), percent * 10)
    for _ in range(2):
        watch_quotas(house.tenant_id)
    with tenant_scope(house.tenant_id):
        told = Notice.objects.filter(kind=kind)
        assert {notice.workspace_id for notice in told} == {app.workspace_id for app in house.apps}
        assert told.count() == 2
        assert all("Acme" in notice.title for notice in told)


def test_a_person_s_needs_the_organisation_s_and_goes_before_it(house: House) -> None:
    with pytest.raises(CeilingError, match="organisation's own quota first"):
        house.limit(5, person=house.ann)
    house.limit(50)
    house.limit(5, person=house.ann)
    with tenant_scope(house.tenant_id):
        with pytest.raises(CeilingError, match="persons' quotas first"):
            lift_ceiling(actor=ACTOR)
        lift_ceiling(actor=ACTOR, person=house.ann)
        lift_ceiling(actor=ACTOR)
        with pytest.raises(CeilingError, match="There is none"):
            lift_ceiling(actor=ACTOR)
        assert AuditEvent.objects.filter(action=AuditAction.QUOTA_CHANGED).count() == 4
    house.reserve(500, by=house.ann)


def test_a_limit_below_nothing_is_refused(house: House) -> None:
    with pytest.raises(CeilingError, match="zero or more"):
        house.limit(-1)


def test_a_count_that_went_wrong_is_set_right(house: House) -> None:
    house.limit(1000)
    house.limit(1000, person=house.ann)
    house.reserve(10, by=house.ann)
    with tenant_scope(house.tenant_id):
        Quota.objects.filter(workspace=None).update(bytes_held=3, objects_used=9)
        assert len(list(quota_drift(repair=True))) == 2
    assert house.counts() == house.counts(house.ann) == (10, 1, 0, 0)


def test_the_command_sets_shows_and_lifts(house: House) -> None:
    def say(*arguments: str) -> str:
        said = io.StringIO()
        call_command("set_quota", str(house.tenant_id), *arguments, stdout=said)
        return said.getvalue()

    assert say() == ""
    assert say("--gigabytes", "5", "--files", "7") == "Acme: 5 GB, 7 files; 0 bytes used, 0 bytes held by uploads\n"
    address = house.person.user.email
    assert f"{address}: 1 GB" in say("--gigabytes", "1", "--person", address.upper())
    with pytest.raises(CommandError, match="persons' quotas first"):
        say("--lift")
    assert address not in say("--lift", "--person", address)
    assert say("--lift") == ""
    with pytest.raises(CommandError, match="Nobody has the address"):
        say("--person", "nobody@acme.example")


def test_a_batch_of_completions_settles_everybodys_quotas_to_the_byte(house: House) -> None:
    house.limit(100_000)
    house.limit(50_000, person=house.ann)
    person = house.person
    *sent, unsent, aborted = (person.start(path=f"{number}.jpg").json() for number in range(5))
    for each in sent:
        assert send(each["upload"], PICTURE).status_code == 201
    assert person.call("post", f"/uploads/{aborted['id']}/abort", {}).status_code == 200
    items = {"items": [{"id": each["id"]} for each in (*sent, unsent, aborted)]}
    for _time in range(2):
        results = person.call("post", "/uploads/batch/complete", items).json()["results"]
        assert [result["status"] for result in results] == [202, 202, 202, 409, 409]
    counts = ("bytes_held", "bytes_used", "objects_held", "objects_used")
    with tenant_scope(house.tenant_id):
        mine = Quota.objects.filter(Q(app=person.app) | Q(workspace=person.app.workspace, app=None) | Q(workspace=None))
        settled = (len(PICTURE), 3 * len(PICTURE), 1, 3)
        assert set(mine.values_list(*counts)) == {settled}
        assert mine.count() == 4
        assert AuditEvent.objects.filter(action=AuditAction.UPLOAD_RECEIVED).count() == 3
