"""The one tag on a website of somebody else's, in a browser: where it is listed, and where it isn't."""

import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor
from tests.journeys.test_photo_story import create_app

pytestmark = pytest.mark.browser


class Website:
    """A page that holds whatever tag it is given, at a port of its own."""

    def __init__(self) -> None:
        self.tag = ""
        website = self

        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                is_page = self.path == "/"
                self.send_response(200 if is_page else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(f"<!doctype html><title>Party</title><h1>Party</h1>{website.tag}".encode())

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self.beside = f"http://127.0.0.1:{self.server.server_port}"
        """The same site at another port, so another origin."""
        self.elsewhere = f"http://localhost:{self.server.server_port}"
        """Another site: no cookie of ours reaches a frame there."""


@pytest.fixture
def website() -> Iterator[Website]:
    made = Website()
    threading.Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_listed_website_takes_files_and_another_is_told_why_not(
    visitor: Visitor, website: Website, photo: Path
) -> None:
    page = visitor.sign_in("builder@acme.example").page
    share = f"{create_app(visitor, 'Party pictures')}share/"
    page.goto(share)
    website.tag = page.locator("#embed-tag").inner_text()
    assert "integrity=" in website.tag

    page.goto(website.beside)
    box = page.frame_locator("iframe")
    expect(box.get_by_text("This page may not use this upload box yet.")).to_be_visible()
    with page.expect_popup() as opened:
        box.get_by_role("link", name="Add this website").click()
    list_websites(opened.value, website.beside, website.elsewhere)

    page.goto(website.beside)
    with page.expect_file_chooser() as chooser:
        box.get_by_role("button", name="Choose files").click()
        box.get_by_role("button", name="Agree and continue").click()
    chooser.value.set_files(str(photo))
    expect(box.get_by_text("Safe and stored", exact=True)).to_be_visible(timeout=20_000)

    page.goto(website.elsewhere)
    with page.expect_popup() as opened:
        box.get_by_role("link", name="Open the upload page").click()
    expect(opened.value.get_by_role("button", name="Choose files")).to_be_enabled()


def list_websites(share: Page, *websites: str) -> None:
    share.locator("[name=origins]").fill("\n".join(websites))
    share.get_by_role("button", name=re.compile("^Save")).click()
    expect(share.get_by_text("Saved. It holds within a second.")).to_be_visible()
    share.close()
