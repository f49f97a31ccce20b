"""Agreeing, the receipt, and taking it back: required before any byte, and effective at once."""

from typing import Any
from urllib.parse import urlencode

import pytest

from audit.actions import AuditAction
from kernel.errors import CONSENT_REQUIRED
from marketplace.consent_words import ConsentWords
from tenancy.roles import MAY_UPLOAD, Role
from tests.gateway.conftest import bucket
from tests.marketplace.app_world import Office, browser_of, text_of

__all__ = ["bucket"]

FORM = "application/x-www-form-urlencoded"
EXCHANGE = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:gatehouse:params:oauth:token-type:session",
    "scope": "files:write",
}


@pytest.fixture
def office(transactional_db: None, bucket: None) -> Office:
    return Office()


class Consenting:
    """A member at the page, in one browser."""

    def __init__(self, office: Office) -> None:
        self.office, self.browser = office, office.browser(Role.MEMBER)
        self.address = f"/go/{office.app.slug}/consent/"

    def page(self) -> str:
        return text_of(self.browser.get(self.address))

    def decide(self, decision: str, version: str = "") -> str:
        words = self.words()
        content = {"decision": decision, "surface": words.surface, "version": version or words.version}
        return text_of(self.browser.post(self.address, content, follow=True))

    def words(self, **options: Any) -> ConsentWords:
        shown: ConsentWords = self.browser.get(self.address, **options).context["decided"][0][0]
        return shown

    def key(self) -> tuple[int, str]:
        """What the broker answers when this browser's session asks for a key to add files."""
        token = self.browser.get(self.address).context["csrf_token"]
        content = {**EXCHANGE, "subject_token": str(token), "audience": self.office.app.publishable_id}
        answer = self.browser.post("/oauth/token", urlencode(content), content_type=FORM)
        return answer.status_code, answer.content.decode()


def test_the_page_is_for_who_may_upload_alone(office: Office) -> None:
    address = f"/go/{office.app.slug}/consent/"
    for role in Role:
        assert office.browser(role).get(address).status_code == (200 if role in MAY_UPLOAD else 404)
    assert browser_of(office.stranger.user).get(address).status_code == 404


def test_no_key_before_agreement_and_none_after_it_is_taken_back(office: Office) -> None:
    member = Consenting(office)
    assert "You have agreed to nothing here." in member.page()
    status, words = member.key()
    assert status in {400, 403}
    assert CONSENT_REQUIRED.code.lower() in words.lower()
    assert "You agreed." in member.decide("agree")
    assert member.key()[0] == 200
    assert "Taken back." in member.decide("withdraw")
    assert member.key()[0] in {400, 403}
    assert "Taken back" in member.page()
    assert [event.detail["surface"] for event in office.events(AuditAction.CONSENT_WITHDRAWN)] == ["uploads"]


def test_the_receipt_keeps_the_words_and_stays_after_withdrawal(office: Office) -> None:
    member = Consenting(office)
    member.decide("agree")
    member.decide("agree")
    page = member.page()
    assert page.count("Receipt <code>") == 1
    assert "Your photos go to Acme and are stored in Frankfurt, Germany." in page
    member.decide("withdraw")
    member.decide("agree")
    assert member.page().count("Receipt <code>") == 2


def test_words_that_changed_meanwhile_are_not_agreed_to(office: Office) -> None:
    member = Consenting(office)
    assert "The words changed meanwhile." in member.decide("agree", "sha256:older")
    assert member.key()[0] in {400, 403}
    assert member.browser.post(member.address, {"decision": "maybe"}).status_code == 404


def test_a_person_s_receipts_are_theirs_alone(office: Office) -> None:
    Consenting(office).decide("agree")
    owners = text_of(office.browser(Role.OWNER).get(f"/go/{office.app.slug}/consent/"))
    assert "You have agreed to nothing here." in owners


def test_each_reads_the_words_in_their_language_and_agrees_once_for_both(office: Office) -> None:
    member = Consenting(office)
    english, german = member.words(), member.words(headers={"Accept-Language": "de"})
    assert (german.surface, german.version) == (english.surface, english.version)
    assert "They are kept for 90 days, then deleted." in english.lines
    assert "Sie werden 90 Tage lang aufbewahrt und dann gelöscht." in german.lines
