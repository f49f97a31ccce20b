"""The whole way from the catalogue to a stored file in a browser that runs no script."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser


def test_from_the_catalogue_to_a_stored_photo_without_javascript(
    chromium: Browser, site: str, photo: Path, infected: Path
) -> None:
    builder = Visitor(chromium, site, java_script_enabled=False).sign_in("builder@acme.example")
    page = builder.page
    page.goto("/templates/")
    page.get_by_role("link", name="Team Photo Share").first.click()
    page.get_by_role("link", name=re.compile("Create|Use")).first.click()
    page.get_by_role("button", name="Create app").click()
    while not re.search(r"/go/[^/]+/$", page.url):
        step = page.get_by_role("button", name="Go on")
        (step if step.count() else page.get_by_role("link", name="Open the upload page")).click()
    page.get_by_role("link", name="Upload without JavaScript").click()

    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Agree and continue").click()
    page.get_by_role("link", name="Upload files").click()

    upload(builder, photo, "Grüße")
    finish(builder)
    expect(page.get_by_text("Safe and stored")).to_be_visible()
    expect(page.get_by_role("heading", name="Grüße.jpg")).to_be_visible()

    upload(builder, infected, "innocent")
    finish(builder)
    expect(page.get_by_text("Refused", exact=True)).to_be_visible()
    assert builder.complaints == []
    builder.context.close()


def upload(visitor: Visitor, file: Path, name: str) -> None:
    page = visitor.page
    page.get_by_role("link", name=re.compile("Upload without JavaScript|Upload another file")).first.click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("File", exact=False).set_input_files(file)
    page.get_by_role("button", name="Upload", exact=True).click()
    page.wait_for_url(re.compile(r"/upload/[^/]+/[0-9a-f-]{36}/"))


def finish(visitor: Visitor) -> None:
    """Look again, as the page says, until the checks have ended."""
    again = visitor.page.get_by_role("link", name="Look again")
    for _look in range(200):
        if not again.count():
            return
        again.click()
    raise AssertionError("The checks never ended.")
