"""When one is told: the form of one's own wishes."""

import datetime as dt
from typing import Any

import pytest

from notices.models import NoticePreference
from tenancy.scoping import tenant_scope
from tests.notices.world import Office, signed_in

WISHES = {
    "email": "daily",
    "digest_at": "07:30",
    "quiet_from": "22:00",
    "quiet_until": "06:00",
    "time_zone": "Europe/Berlin",
}


def wishes_of(office: Office, user: Any) -> NoticePreference | None:
    with tenant_scope(office.tenant_id):
        found: NoticePreference | None = NoticePreference.objects.filter(user=user).first()
    return found


def test_it_begins_with_e_mail_at_once(office: Office) -> None:
    shown = signed_in(office.builder).get("/notices/settings/").content.decode()
    assert 'value="at_once" id="id_email_0" checked' in shown.replace(" required", "")
    assert wishes_of(office, office.builder) is None


def test_wishes_are_kept(office: Office) -> None:
    client = signed_in(office.builder)
    assert client.post("/notices/settings/", WISHES).status_code == 302
    kept = wishes_of(office, office.builder)
    assert kept is not None
    assert (kept.email, kept.digest_at, kept.quiet_from) == ("daily", dt.time(7, 30), dt.time(22))
    shown = client.get("/notices/settings/").content.decode()
    assert 'value="22:00"' in shown
    assert 'value="Europe/Berlin" selected' in shown


def test_no_quiet_hours_are_two_empty_fields(office: Office) -> None:
    client = signed_in(office.builder)
    client.post("/notices/settings/", WISHES)
    client.post("/notices/settings/", WISHES | {"quiet_from": "", "quiet_until": ""})
    kept = wishes_of(office, office.builder)
    assert kept is not None
    assert kept.rhythm.quiet is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"quiet_until": ""}, "Give both ends of the quiet hours"),
        ({"quiet_until": "22:00"}, "Quiet hours end at another time"),
        ({"email": "often"}, "often is not one of the available choices"),
        ({"time_zone": "Mars/Olympus"}, "Mars/Olympus is not one of the available choices"),
        ({"time_zone": "../../etc/passwd"}, "is not one of the available choices"),
        ({"digest_at": "25:00"}, "Enter a valid time"),
    ],
)
def test_what_can_not_be_is_said_and_nothing_is_kept(office: Office, wrong: dict[str, str], words: str) -> None:
    answer = signed_in(office.builder).post("/notices/settings/", WISHES | wrong)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "<title>Error: " in answer.content.decode()
    assert wishes_of(office, office.builder) is None


def test_nobody_writes_somebody_elses_wishes(office: Office) -> None:
    signed_in(office.builder).post("/notices/settings/", WISHES | {"user": str(office.owner.pk), "user_id": "1"})
    assert wishes_of(office, office.owner) is None
