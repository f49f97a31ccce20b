"""An owner's page of scanners: adding, the secret shown once, trying, turning off, removing; nobody else's business."""

import html
import re
from typing import Any

import pytest

from audit.models import AuditEvent
from kernel.identifiers import new_id
from scanning import tasks
from scanning.models import OutsideScanner
from scanning.outside.registration import MAX_SCANNERS
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.notices.world import Office, new_office, signed_in
from tests.scanning.outsiders import OutsideServer

ADDRESS = "/w/marketing/scanners/"
PUBLIC = "https://scan.example.com/gatehouse?key=1"


@pytest.fixture
def office(transactional_db: None) -> Office:
    return new_office()


def add(office: Office, **changes: Any) -> Any:
    said = {"name": "Acme", "url": PUBLIC, "asked": "always"} | changes
    return signed_in(office.owner).post(ADDRESS, said)


def rows(office: Office) -> list[OutsideScanner]:
    with tenant_scope(office.tenant_id):
        return list(OutsideScanner.objects.order_by("id"))


def recorded(office: Office) -> list[tuple[str, dict[str, Any]]]:
    with tenant_scope(office.tenant_id):
        found = AuditEvent.objects.filter(action__startswith="scanning:scanner").order_by("id")
        return list(found.values_list("action", "detail"))


def press(office: Office, step: str, scanner_id: object = None) -> Any:
    return signed_in(office.owner).post(f"{ADDRESS}{scanner_id or rows(office)[0].pk}/{step}/")


def test_the_secret_is_shown_once_and_the_record_holds_neither_it_nor_the_path(office: Office) -> None:
    answer = add(office)
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    secret = html.unescape(re.findall(r"whsec_[^<]+", answer.content.decode())[0])
    shown = signed_in(office.owner).get(ADDRESS).content.decode()
    assert "Acme" in shown
    assert "Asked about every file of this workspace." in shown
    assert "whsec_" not in shown
    assert recorded(office) == [
        ("scanning:scanner:added", {"name": "Acme", "host": "scan.example.com", "is_asked_always": True})
    ]
    assert secret.encode() not in bytes(rows(office)[0].sealed_secret)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "http://scan.example.com/"}, "The address must begin with https://."),
        ({"url": "https://169.254.169.254/latest"}, "This address is inside a private network."),
        ({"name": ""}, "This field is required."),
        ({"name": "<b>Acme</b>"}, "Use letters, digits, spaces, dots and dashes."),
        ({"asked": "sometimes"}, "sometimes is not one of the available choices"),
    ],
)
def test_what_can_not_be_is_said_and_nothing_is_added(office: Office, changes: dict[str, str], words: str) -> None:
    answer = add(office, **changes)
    assert answer.status_code == 422
    assert words in html.unescape(answer.content.decode())
    assert rows(office) == []


def test_a_name_and_an_address_are_taken_once_and_there_is_a_most(office: Office) -> None:
    for number in range(MAX_SCANNERS):
        assert add(office, name=f"S{number}", url=f"https://s{number}.example.com/").status_code == 201
    for again in ({"name": "S0"}, {"url": "https://s0.example.com/"}, {}):
        assert add(office, **again).status_code == 422
    assert len(rows(office)) == MAX_SCANNERS


def test_buttons_turn_it_off_and_on_and_remove_it_on_the_record(office: Office) -> None:
    add(office)
    for step in ("off", "off", "on", "remove"):
        assert press(office, step, rows(office)[0].pk).status_code == 302
    assert rows(office) == []
    assert [action.rpartition(":")[2] for action, _ in recorded(office)] == ["added", "changed", "changed", "removed"]


def test_a_test_file_is_sent_by_a_worker_and_the_page_shows_what_came_of_it(office: Office, settings: Any) -> None:
    settings.OUTBOUND_PRIVATE_ADDRESSES_ALLOWED = True
    with OutsideServer() as outside:
        answer = add(office, url=outside.url).content.decode()
        outside.secret = html.unescape(re.findall(r"whsec_[^<]+", answer)[0])
        tasks.try_scanner(str(office.tenant_id), str(rows(office)[0].pk))
        assert "Answers" in signed_in(office.owner).get(ADDRESS).content.decode()
    tasks.try_scanner(str(office.tenant_id), str(rows(office)[0].pk))
    shown = signed_in(office.owner).get(ADDRESS).content.decode()
    assert "Does not answer" in shown
    assert "it gives no answer that counts: The address can&#x27;t be reached." in shown


def test_it_is_there_for_the_owner_alone(office: Office, transactional_db: None) -> None:
    add(office)
    scanner_id = rows(office)[0].pk
    outsider, member = new_office(), office.hire(Role.BUILDER)
    for user in (office.builder, member, outsider.builder):
        assert signed_in(user).get(ADDRESS).status_code == 404
        assert signed_in(user).post(f"{ADDRESS}{scanner_id}/remove/").status_code == 404
    assert signed_in(outsider.owner).post(f"{ADDRESS}{scanner_id}/remove/").status_code == 404
    assert press(office, "explode").status_code == 404
    assert press(office, "off", new_id()).status_code == 404
    assert signed_in(office.owner).get(f"{ADDRESS}{scanner_id}/off/").status_code == 405
    assert len(rows(office)) == 1
