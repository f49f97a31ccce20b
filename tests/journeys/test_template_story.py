"""The template story: an author makes one, a reviewer publishes it, and somebody makes an app of it."""

import re

import pytest
from playwright.sync_api import expect

from kernel.identifiers import new_id
from operations.demo import PLATFORM_OWNER
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser

SUMMARY = "Minutes of meetings, from whoever was there."
"""What its author says of the published template; it is said so in every language."""


def make_draft(author: Visitor, name: str) -> str:
    """A public template that nothing protects from robots, by answers; returns its page's address."""
    page = author.page
    page.goto("/templates/")
    page.get_by_role("link", name="Make a template").click()
    page.get_by_role("link", name="Answer a few questions").click()
    page.get_by_label("What is it called?").fill(name)
    page.get_by_label("What is it for, in a sentence?").fill(SUMMARY)
    page.get_by_label("Anyone who has the link").check()
    page.get_by_role("group", name="What may every app of it do?").get_by_label("See the list of files").uncheck()
    page.get_by_role("button", name="Make the template").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    return page.url


def hand_in(author: Visitor) -> None:
    """Put right what the checks find, then hand in and wait for the machine."""
    page = author.page
    expect(page.get_by_text("High", exact=True)).to_be_visible()
    page.get_by_role("button", name=re.compile("Put it right.*(robot|person)", re.IGNORECASE)).first.click()
    expect(page.get_by_text("Put right. The checks looked again.")).to_be_visible()
    expect(page.get_by_text("High", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Hand in for review").click()
    for _ in range(20):
        if page.get_by_text("Waiting for a person").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_text("Waiting for a person")).to_be_visible()


def test_a_template_goes_from_its_author_by_a_reviewer_into_an_app(visitor: Visitor, site: str) -> None:
    name = f"Minutes {new_id().hex[-6:]}"
    visitor.sign_in("builder@acme.example")
    draft = make_draft(visitor, name)
    expect(visitor.page.get_by_text("not published")).to_be_visible()
    hand_in(visitor)

    reviewer = Visitor(visitor.context.browser, site).sign_in(PLATFORM_OWNER)
    desk = reviewer.page
    desk.goto("/reviews/")
    desk.get_by_role("link", name=f"{name} 1.0.0").click()
    expect(desk.get_by_role("heading", name=re.compile("Risk [0-9]+ of 100"))).to_be_visible()
    desk.get_by_label("Why").fill("Looked at it with the owner of the data.")
    desk.get_by_role("button", name="Approve and publish").click()
    expect(desk.get_by_text("is published and signed.")).to_be_visible()
    assert [line for line in reviewer.complaints if "404" not in line] == []
    reviewer.context.close()

    page = visitor.page
    page.goto(draft)
    page.get_by_role("link", name="See it in the catalogue").click()
    expect(page.get_by_text("It holds: verified for this page")).to_be_visible()
    expect(page.get_by_text("Looked at it with the owner of the data.")).to_be_visible()
    page.get_by_role("link", name="Use this template").click()
    expect(page.get_by_label("What is it called?")).to_have_value(name)
    assert visitor.complaints == []


def test_a_template_is_found_by_keyboard_and_its_address_can_be_sent_on(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/templates/")
    page.get_by_label("Search").focus()
    page.keyboard.type("photo")
    page.keyboard.press("Enter")
    page.wait_for_url("**/templates/?q=photo*")
    expect(page.get_by_role("link", name="Team Photo Share (Marketing)")).to_be_visible()
    expect(page.get_by_role("link", name="File Import")).to_have_count(0)
    page.goto("/templates/?q=zzzz")
    page.get_by_role("link", name="Clear filters").last.click()
    expect(page.get_by_role("link", name="File Import")).to_be_visible()
    assert visitor.complaints == []
