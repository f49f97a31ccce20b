"""Who opens which of an app's pages, and what the overview says."""

import re

import pytest

from audit.actions import AuditAction
from tenancy.roles import Role
from tests.gateway.conftest import bucket
from tests.gateway.shelf import put
from tests.marketplace.app_world import BUILDING, READING, Office, browser_of, text_of

__all__ = ["bucket"]

MATRIX = {
    "": READING,
    "live/": READING,
    "files/": READING,
    "activity/": READING,
    "activity/live/": READING,
    "activity.csv": READING,
    "keys/": BUILDING,
}


@pytest.fixture
def office(transactional_db: None, bucket: None) -> Office:
    return Office()


def test_each_page_opens_for_the_roles_that_may_see_it_and_is_not_there_for_others(office: Office) -> None:
    for page, roles in MATRIX.items():
        for role in Role:
            expected = 200 if role in roles else 404
            assert office.get(page, role).status_code == expected, (page, role)
        assert browser_of(office.stranger.user).get(office.address(page)).status_code == 404, page


def test_who_has_not_signed_in_signs_in_first(office: Office, client: object) -> None:
    for page in MATRIX:
        answer = client.get(office.address(page))  # type: ignore[attr-defined]
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/"), page


def test_the_tabs_are_those_that_the_person_may_open(office: Office) -> None:
    owner, auditor = text_of(office.get()), text_of(office.get(role=Role.AUDITOR))
    assert 'aria-current="page">Overview</a>' in owner
    assert ">Keys</a>" in owner
    assert ">Keys</a>" not in auditor
    assert 'aria-current="page">Keys</a>' in text_of(office.get("keys/"))


def test_the_overview_counts_what_is_there(office: Office) -> None:
    for name in ("a.jpg", "b.jpg", "trip/c.jpg"):
        put(office.person, name, bytes(1_000_000))
    page = text_of(office.get())
    assert '<p class="number">3 MB</p>' in page
    assert "of 5 GB used · 3 files" in page
    assert re.search(r"€0\.\d\d</p> <p class=\"quiet\">a month for what is stored now", page)


def test_security_events_are_counted_and_lead_to_their_list(office: Office) -> None:
    assert '<p class="number">0</p>' in text_of(office.get())
    office.happened(AuditAction.TOKEN_REFUSED, reason="not agreed")
    office.happened(AuditAction.UPLOAD_REJECTED)
    page = text_of(office.get())
    assert '<p class="number">2</p>' in page
    assert "?show=problems" in page


def test_the_chart_draws_each_day_and_says_its_numbers_in_a_table(office: Office) -> None:
    assert '<svg class="chart"' not in text_of(office.get())
    for _ in range(3):
        office.happened(AuditAction.UPLOAD_AVAILABLE)
    office.happened(AuditAction.UPLOAD_REJECTED)
    page = text_of(office.get())
    assert page.count('<rect class="good"') == page.count('<rect class="bad"') == 1
    assert "<td>3</td> <td>1</td>" in page
    assert page.count("<td>0</td> <td>0</td>") == 13


def test_events_read_as_sentences_with_the_name_of_who_did_it(office: Office) -> None:
    builder = office.people[Role.BUILDER]
    office.happened(AuditAction.FILE_TRASHED, actor=f"user:{builder.pk}", name="beach.jpg")
    office.happened(AuditAction.FILE_TRASHED, actor=f"user:{office.stranger.user.pk}", name="sand.jpg")
    page = text_of(office.get())
    assert 'File put into the trash: <span class="about">beach.jpg</span>' in page
    assert "Builder Person" in page
    assert office.stranger.user.email not in page
    assert "· You</small>" in text_of(office.get(role=Role.BUILDER))


def test_names_that_carry_markup_stay_text(office: Office) -> None:
    office.happened(AuditAction.FILE_TRASHED, name="<script>alert(1)</script>")
    for page in ("", "activity/"):
        assert "<script>alert" not in text_of(office.get(page))
