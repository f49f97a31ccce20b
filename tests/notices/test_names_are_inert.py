"""Names that people gave stay in their place in a subject, a letter, a page and a webhook (attacks 49, 50, 66)."""

import html
import json
import re

import pytest
from django.test import Client

from notices.deliveries import deliver_due
from notices.inert import one_line, unlinked
from notices.kinds import Kind
from tests.notices.servers import Mailbox, Receiver, text_of
from tests.notices.world import Office, new_office, signed_in

NASTY = [
    "cat.jpg\r\nBcc: everybody@evil.example",
    "cat.jpg\nSubject: You won",
    "cat\u2028.jpg\u2029",
    "<script>alert(1)</script>.jpg",
    '"><img src=x onerror=alert(1)>.jpg',
    "{{ settings.SECRET_KEY }}{% load x %}.jpg",
    "{reason.__class__}{0}.jpg",
    "cat\u202egpj.exe",
    "cat\x00\x1b[31m.jpg",
    "=?utf-8?q?=0aBcc:_x?=",
    "]]>--><!--",
]


@pytest.mark.parametrize("name", NASTY)
def test_a_files_name_stays_in_its_place_everywhere(
    office: Office, mailbox: Mailbox, receiver: Receiver, name: str
) -> None:
    office.listen(receiver.url)
    office.tell(Kind.FILE_REJECTED, file=name)
    deliver_due(office.tenant_id)
    shown = one_line(name)
    (letter,) = mailbox.for_(office.owner.email)
    assert letter["Subject"].replace("\u2060", "").strip() == f"Gatehouse: {shown} was refused"
    assert letter["Bcc"] is None
    assert sorted(mailbox.receivers) == sorted([office.owner.email, office.builder.email])
    body = text_of(letter, "html")
    assert html.escape(unlinked(shown)) in body
    assert re.findall(r"<(?:script|img)", body) == []
    data = json.loads(receiver.calls[0].body)["data"]
    assert data["facts"]["file"] == shown
    page = signed_in(office.owner).get("/notices/").content.decode()
    assert html.escape(shown) in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("name", NASTY)
def test_an_apps_name_stays_in_its_place(transactional_db: None, mailbox: Mailbox, name: str) -> None:
    office = new_office(name.replace("\x00", "")[:80])
    office.tell(Kind.ACCESS_COMPROMISED)
    deliver_due(office.tenant_id)
    (letter,) = mailbox.for_(office.owner.email)
    subject = letter["Subject"].replace("\u2060", "").strip()
    assert subject == f"Gatehouse: Access to {one_line(office.app.name)} was stopped"
    assert "<script>" not in text_of(letter, "html")


@pytest.mark.parametrize(
    "name", ["http://evil.example/login", "evil.example", "www.evil.example/x", "boss@evil.example"]
)
def test_a_name_that_is_an_address_is_no_link_in_a_letter(office: Office, mailbox: Mailbox, name: str) -> None:
    office.tell(file=name)
    deliver_due(office.tenant_id)
    for kind in ("plain", "html"):
        assert name not in text_of(mailbox.letters[0], kind)
        assert name in text_of(mailbox.letters[0], kind).replace("\u2060", "")


def test_a_long_name_is_shortened(office: Office, mailbox: Mailbox) -> None:
    office.tell(file="a" * 5000)
    deliver_due(office.tenant_id)
    assert len(mailbox.letters[0]["Subject"]) < 400


def test_names_of_every_language_and_emoji_stay_whole() -> None:
    for name in ("Ferienfotos – Zürich.jpg", "夏休み.png", "می‌خواهم.pdf", "👩‍👩‍👧.heic", "Ω≈ç√.doc"):
        assert one_line(name) == name


def test_a_stranger_without_a_session_is_sent_to_sign_in() -> None:
    assert Client().get("/notices/").status_code == 302
