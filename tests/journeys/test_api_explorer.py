"""Swagger UI under the content policy of every page: an operation is tried, and the browser complains of nothing."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser


def test_an_operation_is_tried_with_a_token_and_nothing_needs_a_wider_policy(visitor: Visitor) -> None:
    page = visitor.page
    answer = page.goto("/api/docs/explore/")
    assert answer is not None
    assert "unsafe" not in answer.headers["content-security-policy"]
    expect(page.locator(".opblock")).not_to_have_count(0)
    page.get_by_role("button", name="Authorize").first.click()
    page.locator(".modal-ux input").first.fill("not-a-token")
    page.locator(".modal-ux button[type=submit]").first.click()
    page.locator(".modal-ux .btn-done").first.click()
    block = page.locator("#operations-files-list")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    with page.expect_response(re.compile("/api/v1/files")) as called:
        block.get_by_role("button", name="Execute").click()
    assert called.value.request.headers["authorization"] == "Bearer not-a-token"
    expect(block.locator(".live-responses-table")).to_contain_text("KEY_REVOKED")
    assert [said for said in visitor.complaints if "status of 401" not in said] == []


_RIGHT_OF_IT = """() => {
  const explorer = document.getElementById("explorer");
  return explorer.scrollWidth - explorer.clientWidth;
}"""
_FAINT = """() => [...document.querySelectorAll("#explorer table.headers td")].filter((cell) => {
  const [red, green, blue] = getComputedStyle(cell).color.match(/[0-9.]+/g).map(Number);
  return red + green + blue < 380;
}).length"""


def test_on_a_phone_in_the_dark_an_answer_is_read_without_scrolling_sideways(visitor: Visitor) -> None:
    page = visitor.page
    page.set_viewport_size({"width": 390, "height": 900})
    page.emulate_media(color_scheme="dark")
    page.goto("/api/docs/explore/")
    block = page.locator("#operations-files-list")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    block.get_by_role("button", name="Execute").click()
    expect(block.locator(".live-responses-table")).to_contain_text("KEY_MISSING")
    expect(block.locator("table.headers").first).to_be_visible()
    assert page.evaluate(_RIGHT_OF_IT) == 0
    assert page.evaluate(_FAINT) == 0
