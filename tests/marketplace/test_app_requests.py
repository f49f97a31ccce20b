"""Asking an owner and deciding: once, by one person, in force at once."""

import re
import threading
from typing import Any

import pytest
from django.db import IntegrityError, connections

from audit.actions import AuditAction
from kernel.errors import NOT_ALLOWED, Problem
from kernel.sizes import GB
from marketplace import requests
from marketplace.installations import policy_of
from marketplace.models import AppRequest
from marketplace.requests import AlreadyAskedError, AlreadyDecidedError, Wish
from notices.models import Notice
from policy.actions import Action
from policy.sentences import as_read
from quotas.models import Quota
from storage.models import Keeping
from tenancy.roles import Role
from tests.gateway.conftest import bucket
from tests.marketplace.app_world import BUILDING, Office, browser_of, text_of

__all__ = ["bucket"]

Kind, State = AppRequest.Kind, AppRequest.State


@pytest.fixture
def office(transactional_db: None, bucket: None) -> Office:
    return Office(extra=frozenset())


def asked(office: Office, kind: Kind = Kind.SPACE, wanted: Any = 9 * GB, role: Role = Role.BUILDER) -> AppRequest:
    wish = Wish(kind, wanted, "the party")
    request: AppRequest = office.within(lambda: requests.ask(office.app, office.people[role].pk, wish))
    return request


def state_of(office: Office, request: AppRequest) -> str:
    return str(office.within(lambda: AppRequest.objects.get(pk=request.pk)).state)


def test_each_page_and_each_decision_is_for_its_roles_alone(office: Office) -> None:
    request = asked(office)
    decide = f"requests/{request.pk}/"
    for role in Role:
        may = role in BUILDING
        assert office.get("requests/", role).status_code == (200 if may else 404)
        assert office.get("requests/new/", role, kind="files").status_code == (200 if may else 404)
        if role != Role.OWNER:
            assert office.post(decide, {"decision": "approve"}, role).status_code == 404
    assert browser_of(office.stranger.user).post(office.address(decide), {"decision": "approve"}).status_code == 404
    theirs = f"/apps/{office.stranger.app.slug}/requests/{request.pk}/"
    assert browser_of(office.stranger.user).post(theirs, {"decision": "approve"}).status_code == 404
    assert office.post(f"{decide}withdraw/", role=Role.OWNER).status_code == 404
    assert state_of(office, request) == State.WAITING


def test_a_builder_asks_prefilled_and_the_owner_hears_of_it(office: Office) -> None:
    page = text_of(office.get("requests/new/", Role.BUILDER, kind="space"))
    assert 'value="10"' in page
    answer = office.post("requests/new/?kind=space", {"wanted": "10", "reason": "photos of 2026"}, Role.BUILDER)
    assert answer["Location"] == office.address("requests/")
    listed = text_of(office.get("requests/"))
    assert "More space: 10 GB instead of 5 GB" in listed
    assert "“photos of 2026”" in listed
    notices = office.within(lambda: list(Notice.objects.filter(kind="request.made")))
    assert [as_read(notice.facts["wish"]) for notice in notices] == ["10 GB instead of 5 GB"]


def test_a_permission_is_asked_for_from_where_it_is_locked(office: Office) -> None:
    page = text_of(office.get("requests/new/", Role.BUILDER, kind="permission", wanted="files:read"))
    assert re.search(r'value="files:read"[^>]* checked', page)


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("space", "0"), ("space", "x"), ("files", "-4"), ("kept_days", "99999999"), ("permission", "files:delete")],
)
def test_what_makes_no_sense_is_told_beside_the_field(office: Office, kind: str, wanted: str) -> None:
    answer = office.post(f"requests/new/?kind={kind}", {"wanted": wanted}, Role.BUILDER)
    assert answer.status_code == 422
    assert "There is something to correct" in text_of(answer)
    assert office.get("requests/new/", kind="colour").status_code == 404


def test_the_same_is_asked_for_once(office: Office) -> None:
    asked(office)
    with pytest.raises(AlreadyAskedError):
        asked(office)
    answer = office.browser(Role.BUILDER).post(office.address("requests/new/?kind=space"), {"wanted": "7"}, follow=True)
    assert "is asked for already" in text_of(answer)


def test_what_is_approved_holds_at_once(office: Office) -> None:
    for kind, wanted in (
        (Kind.SPACE, 9 * GB),
        (Kind.FILES, 20_000),
        (Kind.KEPT_DAYS, 30),
        (Kind.PERMISSION, "files:read"),
    ):
        request = asked(office, kind, wanted)
        answer = office.browser(Role.OWNER).post(
            office.address(f"requests/{request.pk}/"), {"decision": "approve", "answer": "fine"}, follow=True
        )
        assert "approved" in text_of(answer)
    quota = office.within(lambda: Quota.objects.get(app=office.app))
    assert (quota.bytes_limit, quota.objects_limit) == (9 * GB, 20_000)
    assert office.within(lambda: Keeping.objects.get(app=office.app)).delete_after_days == 30
    assert Action.FILES_READ in office.within(lambda: policy_of(office.app)).actions
    assert len(office.events(AuditAction.REQUEST_DECIDED)) == 4
    assert office.events(AuditAction.QUOTA_CHANGED)[-1].detail["objects_limit"] == 20_000


def test_what_can_not_be_granted_any_more_says_so_and_stays_waiting(office: Office) -> None:
    request = asked(office, Kind.KEPT_DAYS, 4000)
    answer = office.browser(Role.OWNER).post(
        office.address(f"requests/{request.pk}/"), {"decision": "approve"}, follow=True
    )
    assert "at most 90" in text_of(answer)
    assert state_of(office, request) == State.WAITING
    assert office.events(AuditAction.KEEPING_CHANGED) == []


def test_what_is_declined_changes_nothing_and_says_why(office: Office) -> None:
    request = asked(office)
    office.post(f"requests/{request.pk}/", {"decision": "decline", "answer": "clean up first"})
    assert state_of(office, request) == State.DECLINED
    assert office.within(lambda: Quota.objects.get(app=office.app)).bytes_limit == 5 * GB
    assert "“clean up first”" in text_of(office.get("requests/", Role.BUILDER))


def test_who_asked_takes_it_back_and_then_nobody_decides(office: Office) -> None:
    request = asked(office)
    office.post(f"requests/{request.pk}/withdraw/", role=Role.BUILDER)
    assert state_of(office, request) == State.WITHDRAWN
    answer = office.browser(Role.OWNER).post(
        office.address(f"requests/{request.pk}/"), {"decision": "approve"}, follow=True
    )
    assert "Nothing was changed by you." in text_of(answer)


def test_of_two_owners_at_once_one_wins_and_the_other_is_told(office: Office) -> None:
    request, owners = asked(office), [office.person.user, office.join(Role.OWNER)]
    start, outcomes = threading.Barrier(2), []

    def decide(person: Any, how: Any) -> None:
        try:
            start.wait()
            outcomes.append(office.within(lambda: how(request.pk, person.pk)).state)
        except AlreadyDecidedError as error:
            outcomes.append(str(error))
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=decide, args=pair)
        for pair in zip(owners, (requests.approve, requests.decline), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = state_of(office, request)
    assert min(outcomes, key=len) == won
    assert f"was faster: {won} at" in max(outcomes, key=len)
    space = office.within(lambda: Quota.objects.get(app=office.app)).bytes_limit
    assert space == (9 * GB if won == State.APPROVED else 5 * GB)


def test_roles_are_asked_again_below_the_page(office: Office) -> None:
    with pytest.raises(Problem) as refused:
        asked(office, role=Role.MEMBER)
    assert refused.value.type == NOT_ALLOWED
    request = asked(office)
    for role in (Role.BUILDER, Role.MEMBER, Role.AUDITOR):
        with pytest.raises(Problem):
            office.within(lambda role=role: requests.approve(request.pk, office.people[role].pk))


def test_the_database_keeps_a_decision_without_a_person_out(office: Office) -> None:
    request = asked(office)
    with pytest.raises(IntegrityError, match="request_decided_by_someone"):
        office.within(lambda: AppRequest.objects.filter(pk=request.pk).update(state="approved"))
