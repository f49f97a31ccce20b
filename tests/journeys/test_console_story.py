"""The console: a key by the real exchange, calls by the SDK, what each key did, and a key that was given back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor
from tests.journeys.test_photo_story import create_app

pytestmark = pytest.mark.browser


def open_console(visitor: Visitor, name: str) -> Page:
    visitor.sign_in("builder@acme.example")
    address = create_app(visitor, name)
    with visitor.page.expect_response(lambda answer: answer.url.endswith("/try/trail/")) as trail:
        visitor.page.goto(f"{address}try/")
    assert trail.value.headers["content-type"].startswith("text/event-stream")
    return visitor.page


def test_a_live_app_is_looked_at_with_a_key_that_can_be_given_back(visitor: Visitor) -> None:
    page = open_console(visitor, "To be tried")
    expect(page.get_by_text("here you can only look")).to_be_visible()
    expect(page.get_by_label("Add a file")).to_have_count(0)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or "") if "/oauth/token" in request.url else None)
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#outcome")).to_have_text("It worked.")
    assert ["files%3Alist+files%3Aread" in body and "token-exchange" in body for body in asked] == [True]
    expect(page.locator("#code-http")).to_contain_text(re.compile(r"GET /api/v1/files\?folder=&limit=10 HTTP/1.1"))
    expect(page.locator("#code-http")).to_contain_text("HTTP/1.1 200")
    expect(page.locator("#code-curl")).to_contain_text('-H "Authorization: Bearer $TOKEN"')
    expect(page.locator("#key-ends")).to_have_text(re.compile(r"\d:\d\d"))
    shown = page.locator("#key-name").inner_text()
    expect(page.locator("#trail .mine").first).to_contain_text(f"key {shown}")

    page.get_by_role("button", name="Revoke").click()
    expect(page.locator("#trail")).to_contain_text("One access taken back")
    visitor.complaints.clear()
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#outcome")).to_contain_text("Access to this app was stopped.")
    page.get_by_role("link", name="What to do").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The access token was stopped")
    assert [line for line in visitor.complaints if "401" not in line] == []
