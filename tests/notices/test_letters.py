"""E-mail, through a real SMTP server: what it says, where its buttons lead, and who gets none."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from notices.deliveries import deliver_due
from notices.kinds import Channel, Kind
from notices.models import Delivery
from tests.notices.servers import Mailbox, text_of
from tests.notices.world import Office, signed_in


def state_of(office: Office, user: Any) -> Delivery:
    return office.deliveries(channel=Channel.EMAIL, user=user)[-1]


def test_a_letter_says_what_happened_in_text_and_in_html(office: Office, mailbox: Mailbox) -> None:
    office.tell(file="cat.jpg")
    deliver_due(office.tenant_id)
    (letter,) = mailbox.for_(office.builder.email)
    assert letter["Subject"] == "Gatehouse: cat.jpg was refused"
    for body in (text_of(letter), text_of(letter, "html")):
        assert "It was sent to Photos. It contains a virus." in body.replace("\u2060", "")
    assert state_of(office, office.builder).state == "delivered"


def test_each_reads_it_in_the_language_that_they_read_pages_in(office: Office, mailbox: Mailbox) -> None:
    pressed = signed_in(office.builder).post("/language/", {"language": "de", "next": "/notices/"})
    assert pressed.status_code == 302
    office.tell(Kind.QUOTA_FULL, of="Photos", used="1 GB", limit="1 GB", quota=str(office.quota().pk))
    deliver_due(office.tenant_id)
    (german,), (english,) = mailbox.for_(office.builder.email), mailbox.for_(office.owner.email)
    assert german["Subject"] == "Gatehouse: Photos ist voll"
    for body in (text_of(german), text_of(german, "html")):
        assert "Alle Ihre Hinweise" in body
        assert "Open the app" not in body
    assert '<html lang="de" dir="ltr">' in text_of(german, "html")
    assert english["Subject"] == "Gatehouse: Photos is full"
    assert "All your notices" in text_of(english)


def test_who_signs_in_is_written_to_in_the_language_of_that_browser(office: Office, mailbox: Mailbox) -> None:
    office.builder.set_password("a long and quiet river")
    office.builder.save()
    EmailAddress.objects.create(user=office.builder, email=office.builder.email, verified=True, primary=True)
    form = {"login": office.builder.email, "password": "a long and quiet river"}
    answer = Client(headers={"Accept-Language": "de-AT,de;q=0.9"}).post("/accounts/login/", form)
    assert answer.status_code == 302, answer.content
    office.tell(file="cat.jpg")
    deliver_due(office.tenant_id)
    assert mailbox.for_(office.builder.email)[0]["Subject"] == "Gatehouse: cat.jpg wurde abgelehnt"


def test_its_buttons_lead_to_this_site(office: Office, mailbox: Mailbox, settings: Any) -> None:
    office.tell()
    deliver_due(office.tenant_id)
    (letter,) = mailbox.for_(office.builder.email)
    page = f"{settings.SITE_URL}/apps/{office.app.slug}/"
    assert f"See what was found: {page}" in text_of(letter)
    assert f'href="{page}"' in text_of(letter, "html")
    assert f"{settings.SITE_URL}/notices/settings/" in text_of(letter)


def test_the_teller_may_lead_the_button_elsewhere(office: Office, mailbox: Mailbox, settings: Any) -> None:
    office.tell(Kind.FILE_HELD, href="/notices/?file=1")
    deliver_due(office.tenant_id)
    assert f"Look at it: {settings.SITE_URL}/notices/?file=1" in text_of(mailbox.letters[0])


def test_an_owner_is_offered_what_only_owners_can_do(office: Office, mailbox: Mailbox) -> None:
    office.tell(Kind.QUOTA_FULL, quota=str(office.quota().pk))
    deliver_due(office.tenant_id)
    (to_owner,), (to_builder,) = mailbox.for_(office.owner.email), mailbox.for_(office.builder.email)
    assert "Give it more space: http://127.0.0.1:" in text_of(to_owner)
    assert "Give it more space" not in text_of(to_builder)


def test_every_letter_has_an_id_of_its_own_and_asks_for_no_answer(office: Office, mailbox: Mailbox) -> None:
    office.tell()
    deliver_due(office.tenant_id)
    assert len({letter["Message-ID"] for letter in mailbox.letters}) == 2
    assert {letter["Auto-Submitted"] for letter in mailbox.letters} == {"auto-generated"}


def test_who_left_meanwhile_gets_no_letter(office: Office, mailbox: Mailbox) -> None:
    office.tell()
    office.dismiss(office.builder)
    deliver_due(office.tenant_id)
    assert mailbox.receivers == [office.owner.email]
    assert state_of(office, office.builder).state == "dropped"


def test_who_turned_e_mail_off_meanwhile_gets_no_letter(office: Office, mailbox: Mailbox) -> None:
    office.tell()
    office.prefer(office.builder, email="off")
    deliver_due(office.tenant_id)
    assert mailbox.receivers == [office.owner.email]


def test_safety_comes_by_e_mail_whatever_one_wished(office: Office, mailbox: Mailbox) -> None:
    office.prefer(office.builder, email="off")
    office.tell(Kind.ACCESS_COMPROMISED)
    deliver_due(office.tenant_id)
    assert [letter["Subject"] for letter in mailbox.for_(office.builder.email)] == [
        "Gatehouse: Access to Photos was stopped"
    ]


def test_a_server_that_is_away_is_tried_again(office: Office, mailbox: Mailbox, settings: Any) -> None:
    office.dismiss(office.owner)
    office.tell()
    settings.EMAIL_PORT, there = 1, settings.EMAIL_PORT
    deliver_due(office.tenant_id)
    waiting = state_of(office, office.builder)
    assert (waiting.state, waiting.attempts) == ("waiting", 1)
    assert waiting.last_error == "The mail server can't be reached, or doesn't let us in."
    settings.EMAIL_PORT = there
    deliver_due(office.tenant_id, waiting.due_at)
    assert mailbox.receivers == [office.builder.email]


@pytest.mark.parametrize(("reply", "state"), [("451 later", "waiting"), ("554 spam", "dead"), ("550 unknown", "dead")])
def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_not(
    office: Office, mailbox: Mailbox, reply: str, state: str
) -> None:
    office.dismiss(office.owner)
    office.tell()
    mailbox.replies = [reply]
    deliver_due(office.tenant_id)
    delivery = state_of(office, office.builder)
    assert delivery.state == state
    assert office.builder.email not in delivery.last_error


def test_an_address_that_is_none_is_given_up_and_adds_no_receiver(office: Office, mailbox: Mailbox) -> None:
    office.dismiss(office.owner)
    type(office.builder).objects.filter(pk=office.builder.pk).update(email="x\nbcc: everybody@evil.example")
    office.tell()
    deliver_due(office.tenant_id)
    delivery = state_of(office, office.builder)
    assert (delivery.state, delivery.last_error) == ("dead", "The person's address can't be used.")
    assert mailbox.receivers == []
