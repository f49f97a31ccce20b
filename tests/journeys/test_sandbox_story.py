"""A stranger tries everything in a sandbox: one click, a second of work, sample photos, a call, a bill."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser


def test_a_stranger_tries_everything_without_signing_up(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/")
    page.get_by_role("link", name="Try it now").click()
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/apps/")
    expect(page.get_by_text("Nothing here is for real")).to_be_visible()
    page.get_by_role("link", name="Summer party").click()
    page.get_by_role("link", name="Try the calls").click()
    page.get_by_label("Add a file").check()
    page.get_by_role("button", name="Run").click()
    page.get_by_role("button", name="Agree and continue").click()
    expect(page.locator("#outcome")).to_have_text("Safe and stored.", timeout=30_000)
    expect(page.locator("#code-curl")).to_contain_text("-F 'file=@YOUR-FILE'")
    expect(page.locator("#trail .mine").first).to_be_visible()
    page.get_by_label("See the list of files").check()
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#outcome")).to_have_text("It worked.")
    page.get_by_label("Open a file").check()
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#code-http")).to_contain_text('"url"')
    page.get_by_role("link", name="Simulated bill").click()
    page.get_by_role("link", name="Fast-forward a month").click()
    expect(page.get_by_text("This is month 2")).to_be_visible()
    page.get_by_role("link", name="My apps").click()
    page.get_by_role("link", name="Summer party").click()
    page.get_by_role("link", name="Files", exact=True).click()
    expect(page.get_by_text("Lake in the morning.jpg").first).to_be_visible(timeout=20_000)
    assert [line for line in visitor.complaints if "403" not in line] == []
