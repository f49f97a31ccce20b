"""A month's requests: exactly so many are let in, whoever counts; what frees space is let in all the same."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from admission.allowances import allowances_of, month_now, settle_requests
from admission.connection import connection
from admission.policies import announced_version
from kernel import clock
from marketplace import snapshots
from notices.models import Notice
from notices.quota_watch import watch_quotas
from quotas.ceilings import set_ceiling
from quotas.models import Quota
from tenancy.principals import system_principal, user_principal
from tenancy.scoping import tenant_scope
from tests.counting import Asked, fewest
from tests.gateway.conftest import PICTURE, Person, bucket, new_person, together

__all__ = ["bucket"]
WISH = {"path": "cat.jpg", "size": len(PICTURE), "content_type": "image/jpeg"}
Limit = Callable[[Person, int], None]


@pytest.fixture
def person(transactional_db: None, bucket: None) -> Person:
    return new_person()


def limit_app(person: Person, count: int | None) -> None:
    with tenant_scope(person.app.tenant_id):
        Quota.objects.filter(app=person.app).update(requests_limit=count)
    in_force(person)


def limit_workspace(person: Person, count: int) -> None:
    with tenant_scope(person.app.tenant_id):
        Quota.objects.filter(workspace_id=person.app.workspace_id, app=None).update(requests_limit=count)
    in_force(person)


def limit_organisation(person: Person, count: int) -> None:
    with tenant_scope(person.app.tenant_id):
        set_ceiling(10**12, 10**6, count, actor=system_principal("test"))
    in_force(person)


def limit_person(person: Person, count: int) -> None:
    with tenant_scope(person.app.tenant_id):
        set_ceiling(10**12, 10**6, actor=system_principal("test"))
        principal = str(user_principal(person.user.pk))
        set_ceiling(10**12, 10**6, count, actor=system_principal("test"), person=principal)
    in_force(person)


def in_force(person: Person) -> None:
    """The gate learns of it with its next lease, and names the newer policy; whoever asks then reads the limits."""
    with tenant_scope(person.app.tenant_id):
        wanted = allowances_of(person.app)
    token = person.token()
    snapshot = None
    while snapshot is None or snapshot.held.allowances != wanted:
        person.call("post", f"/uploads/{uuid.uuid4()}/abort", {}, token)  # which is never counted
        snapshot = snapshots.held(person.app.pk)


def list_files(person: Person, token: str) -> Any:
    return person.call("get", "/files", token=token)


def made(person: Person) -> int:
    with tenant_scope(person.app.tenant_id):
        quota = Quota.objects.get(app=person.app)
    return int(connection().get(f"requests:{quota.pk}:{month_now()}") or 0)


@pytest.mark.parametrize("limit", [limit_app, limit_workspace, limit_organisation, limit_person])
def test_so_many_are_let_in_and_the_next_is_told_when_it_goes_on(person: Person, limit: Limit) -> None:
    limit(person, 3)
    token = person.token()
    assert [list_files(person, token).status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = list_files(person, token)
    problem = answer.json()
    begins = (clock.now().replace(day=1, hour=0, minute=0, second=0) + dt.timedelta(days=32)).replace(day=1)
    assert (problem["code"], problem["retryable"]) == ("REQUESTS_USED_UP", True)
    assert abs(int(answer["Retry-After"]) - (begins - clock.now()).total_seconds()) < 60
    assert f"{begins:%-d %B %Y}" in problem["user_message"]
    assert " 3 requests" in problem["user_message"]
    assert problem["remedy"]["action"] == "raise_quota"


def test_more_is_let_in_once_more_is_allowed(person: Person) -> None:
    limit_app(person, 1)
    token = person.token()
    assert [list_files(person, token).status_code for _ in range(2)] == [200, 429]
    limit_app(person, 2)
    assert [list_files(person, token).status_code for _ in range(2)] == [200, 429]
    limit_app(person, None)
    assert list_files(person, token).status_code == 200


def test_what_frees_space_is_let_in_past_the_limit(person: Person) -> None:
    upload = person.start().json()["id"]
    limit_app(person, 0)
    token = person.token()
    assert person.call("post", "/uploads", WISH, token).json()["code"] == "REQUESTS_USED_UP"
    assert person.call("post", f"/uploads/{upload}/abort", {}, token).status_code == 200


def test_a_refusal_counts_nothing_a_batch_its_items_and_a_repetition_nothing(person: Person) -> None:
    limit_app(person, 10)
    token = person.token()
    folders = {"items": [{"path": f"a{number}"} for number in range(4)]}
    for _time in range(2):
        assert person.call("post", "/folders/batch", folders, token, Idempotency_Key="once").status_code == 200
    assert made(person) == 4
    too_many = {"items": [{"path": f"b{number}"} for number in range(7)]}
    assert person.call("post", "/folders/batch", too_many, token).status_code == 429
    assert made(person) == 4


def test_many_at_once_are_never_let_in_past_the_limit(person: Person) -> None:
    limit_app(person, 12)
    token, statuses = person.token(), []

    def ask() -> None:
        statuses.extend(list_files(person, token).status_code for _ in range(3))
        connections.close_all()

    together(ask, 6)
    assert sorted(statuses) == [200] * 12 + [429] * 6


def test_a_lost_count_goes_on_from_what_was_settled(person: Person) -> None:
    limit_app(person, 5)
    token = person.token()
    assert [list_files(person, token).status_code for _ in range(3)] == [200] * 3
    assert settle_requests(person.app.tenant_id) == 1
    assert settle_requests(person.app.tenant_id) == 0
    with tenant_scope(person.app.tenant_id):
        quota = Quota.objects.get(app=person.app)
    assert (quota.requests_month, quota.requests_used) == (month_now(), 3)
    connection().delete(f"requests:{quota.pk}:{month_now()}")
    assert [list_files(person, token).status_code for _ in range(3)] == [200, 200, 429]


def test_what_was_asked_for_in_another_month_counts_for_nothing(person: Person) -> None:
    with tenant_scope(person.app.tenant_id):
        Quota.objects.filter(app=person.app).update(requests_month="2000-01", requests_used=100)
    limit_app(person, 2)
    token = person.token()
    assert [list_files(person, token).status_code for _ in range(3)] == [200, 200, 429]
    settle_requests(person.app.tenant_id)
    with tenant_scope(person.app.tenant_id):
        assert Quota.objects.get(app=person.app).requests_used == 2


def test_counting_takes_no_further_trip(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    limit_app(person, 100)
    token = person.token()
    asked = fewest(lambda: list_files(person, token), monkeypatch)
    assert asked == Asked(queries=0, transactions=0, entries=0, trips=1, readings=1)


def test_counting_announces_nothing_and_a_changed_limit_does(person: Person) -> None:
    with tenant_scope(person.app.tenant_id):
        before = announced_version(person.app.pk)
        Quota.objects.filter(app=person.app).update(requests_used=7, bytes_used=1)
        assert announced_version(person.app.pk) == before
        Quota.objects.filter(workspace_id=person.app.workspace_id, app=None).update(requests_limit=9)
        assert announced_version(person.app.pk) == before + 1


@pytest.mark.parametrize(
    ("used", "kind"), [(8, "requests.near"), (19, "requests.nearly_used"), (20, "requests.used_up")]
)
def test_owners_are_told_before_it_ends(person: Person, used: int, kind: str) -> None:
    limit = 10 if used == 8 else 20
    with tenant_scope(person.app.tenant_id):
        Quota.objects.filter(app=person.app).update(
            requests_limit=limit, requests_month=month_now(), requests_used=used
        )
    assert [watch_quotas(person.app.tenant_id) for _ in range(2)] == [1, 0]
    with tenant_scope(person.app.tenant_id):
        (notice,) = Notice.objects.filter(kind__startswith="requests.")
        assert notice.kind == kind
        assert f"its {limit} requests of this month" in notice.words
