"""From the list of apps to the first safe upload: six clicks, nothing typed, ten seconds of waiting for machines."""

import csv
import datetime as dt
import io
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from audit.actions import AuditAction
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser

MOST_CLICKS, MOST_SECONDS, A_MINUTE = 6, 10.0, 60.0
STEPS = [
    AuditAction.APP_INSTALLED,
    AuditAction.CONSENT_GIVEN,
    AuditAction.UPLOAD_URL_SIGNED,
    AuditAction.UPLOAD_RECEIVED,
    AuditAction.UPLOAD_SCANNING,
    AuditAction.UPLOAD_AVAILABLE,
]


class Hand:
    """Clicks, counted, with the time that the machine took to be ready for the next one."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks, self.waited = page, 0, 0.0

    def click(self, role: str, name: str, until: str = "") -> None:
        place = self.page.get_by_role(role, name=name).first  # type: ignore[arg-type]
        began = time.monotonic()
        place.click()
        self.clicks += 1
        if until:
            self.page.wait_for_url(re.compile(until))
        self.waited += time.monotonic() - began


def test_the_first_safe_upload_takes_six_clicks_and_nothing_typed(visitor: Visitor, photo: Path) -> None:
    visitor.sign_in("builder@acme.example")
    page, hand = visitor.page, Hand(visitor.page)
    hand.click("link", "New app", "/templates/$")
    hand.click("link", "Team Photo Share (Marketing)", "/templates/team-photo-share/$")
    hand.click("link", "Use this template", "/new/$")
    hand.click("button", "Create app", "/go/[^/]+/$")
    page.get_by_role("button", name="Choose files").wait_for()
    with page.expect_file_chooser() as chooser:
        hand.click("button", "Choose files")
        hand.click("button", "Agree and continue")
    chooser.value.set_files(str(photo))
    began = time.monotonic()
    expect(page.get_by_text("Safe and stored", exact=True)).to_be_visible(timeout=20_000)
    waited = hand.waited + time.monotonic() - began
    assert hand.clicks <= MOST_CLICKS
    assert waited <= MOST_SECONDS, f"waited {waited:.1f} s"
    page.get_by_role("link", name="Look after this app").click()
    expect(page.get_by_text("File safe and stored")).to_be_visible()
    assert visitor.complaints == []
    stamps = stamps_of_the_server(page)
    assert list(stamps) == STEPS
    assert list(stamps.values()) == sorted(stamps.values())
    assert (stamps[STEPS[-1]] - stamps[STEPS[0]]).total_seconds() <= A_MINUTE


def stamps_of_the_server(page: Page) -> dict[str, dt.datetime]:
    """When each step of the journey happened, as the app's record says."""
    answer = page.request.get(f"{page.url}activity.csv?show=all")
    rows = csv.DictReader(io.StringIO(answer.body().decode("utf-8-sig")))
    happened = ((row["Kind of event"], row["Time (UTC)"]) for row in reversed(list(rows)))
    return {kind: dt.datetime.fromisoformat(at) for kind, at in happened if kind in STEPS}


def test_back_reload_and_a_second_press_make_no_second_app(visitor: Visitor) -> None:
    visitor.sign_in("builder@acme.example")
    page = visitor.page
    page.goto("/templates/team-photo-share/new/")
    page.get_by_label("What is it called?").fill("Pressed twice")
    page.get_by_role("button", name="Create app").dblclick()
    page.wait_for_url(re.compile("/go/[^/]+/$"))
    made = page.url
    page.reload()
    page.go_back()
    page.goto("/apps/")
    expect(page.get_by_role("link", name="Pressed twice")).to_have_count(1)
    page.goto(made.replace("/go/", "/apps/") + "setup/")
    expect(page.get_by_role("heading", name="Pressed twice is ready")).to_be_visible()
    assert visitor.complaints == []


def test_the_keyboard_alone_makes_an_app_and_asks_for_space(visitor: Visitor) -> None:
    visitor.sign_in("builder@acme.example")
    page = visitor.page
    page.goto("/templates/team-photo-share/new/")
    page.get_by_label("What is it called?").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/go/[^/]+/$"))
    page.goto(page.url.replace("/go/", "/apps/"))
    reach(page, "Requests")
    page.keyboard.press("Enter")
    page.wait_for_url("**/requests/")
    reach(page, "More space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/requests/new/**")
    reach(page, "Ask Olivia Owner")
    page.keyboard.press("Enter")
    expect(page.get_by_text("More space: 10 GB instead of 5 GB")).to_be_visible()
    assert visitor.complaints == []


def reach(page: Page, words: str) -> None:
    """Tab until something with these words has the focus, which must be visible."""
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "[document.activeElement.innerText ?? '', getComputedStyle(document.activeElement).outlineStyle]"
        )
        if str(found[0]).strip().startswith(words):
            assert found[1] != "none"
            return
    raise AssertionError(f"{words} can't be reached by keyboard")


def test_an_owner_decides_in_place_and_the_other_window_is_told(visitor: Visitor, site: str) -> None:
    visitor.sign_in("builder@acme.example")
    page = visitor.page
    page.goto("/templates/team-photo-share/new/")
    page.get_by_label("What is it called?").fill("To be decided")
    page.get_by_role("button", name="Create app").click()
    page.wait_for_url(re.compile("/go/[^/]+/$"))
    requests = page.url.replace("/go/", "/apps/") + "requests/"
    page.goto(f"{requests}new/?kind=space")
    page.get_by_role("button", name="Ask Olivia Owner").click()
    owner = Visitor(visitor.context.browser, site, viewport={"width": 390, "height": 800}).sign_in("owner@acme.example")
    second = owner.context.new_page()
    for window in (owner.page, second):
        window.goto(requests)
    owner.page.get_by_role("button", name="Approve").click()
    expect(owner.page.get_by_text("More space: approved.")).to_be_visible()
    second.get_by_role("button", name="Decline").click()
    expect(second.get_by_text("Olivia Owner was faster: approved at")).to_be_visible()
    assert owner.complaints == []
    owner.context.close()
