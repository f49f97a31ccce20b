"""The inbox and a file's page in a real browser, light and dark, narrow and wide: axe finds nothing, nothing is cut."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as project
from django.core.wsgi import get_wsgi_application
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright

from tests.media.test_quarantine_page import Desk, desk  # noqa: F401 - a fixture


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Begun once the rows are made: Django asks no database where Playwright's loop runs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM_PATH"], args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def site() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)

    def serve() -> None:
        try:
            server.serve_forever(0.05)
        finally:
            connections.close_all()

    serving = threading.Thread(target=serve, daemon=True)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible(desk: Desk, site: str, scheme: Any) -> None:  # noqa: F811
    held, stored = desk.held("a file with a very long name that holds the card numbers of everybody.jpg"), desk.file()
    desk.decide(desk.held("decided.jpg"), decision="refuse", reason="Real cards")
    base, session = f"/apps/{desk.app.slug}", desk.owner.cookies[project.SESSION_COOKIE_NAME].value
    pages = {
        "quarantine": f"{base}/quarantine/",
        "file": f"{base}/files/{stored.pk}/",
        "held": f"{base}/files/{held.pk}/",
        "keeping": f"{base}/keeping/",
    }
    with chromium() as browser:
        for width in (390, 1280):
            context = browser.new_context(
                base_url=site, color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce"
            )
            context.add_cookies([{"name": project.SESSION_COOKIE_NAME, "value": session, "url": site}])
            page = context.new_page()
            for name, address in pages.items():
                page.goto(address)
                check(page, f"{name}-{scheme}-{width}")
            page.goto(pages["quarantine"])
            page.get_by_role("button", name="Release").first.click()
            assert page.title().startswith("Error:")
            check(page, f"wrong-{scheme}-{width}")
            context.close()


def check(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    assert [found["id"] for found in Axe().run(page).response["violations"]] == [], name
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, name
