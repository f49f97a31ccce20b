"""The whole platform, really running, and a browser."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.journeys.running import running
from tests.scanning.scanners import EICAR

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running({}, tmp_path_factory.mktemp("platform")) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM_PATH"], args=ARGUMENTS)
        yield browser
        browser.close()


class Visitor:
    """A person's browser window, and everything in it that should not have happened."""

    def __init__(self, browser: Browser, site: str, **options: object) -> None:
        self.site = site
        self.context = browser.new_context(base_url=site, **options)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(45_000)
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._watch)

    def sign_in(self, email: str) -> "Visitor":
        self.page.goto("/accounts/login/")
        self.enter(email)
        self.page.wait_for_url(lambda address: "/accounts/login/" not in address)
        return self

    def enter(self, email: str) -> None:
        """Fill in the sign-in form, in whatever language it is."""
        self.page.locator("main [name=login]").fill(email)
        self.page.locator("main [name=password]").fill(os.environ["DEMO_PASSWORD"])
        self.page.locator("main form button").first.click()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((self.site, os.environ["S3_ENDPOINT_URL"], "blob:", "data:")):
            self.complaints.append(f"third-party request: {request.url}")


@pytest.fixture
def visitor(chromium: Browser, site: str) -> Iterator[Visitor]:
    visitor = Visitor(chromium, site)
    yield visitor
    visitor.context.close()


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real JPEG of about 5 MB."""
    noise = Image.frombytes("RGB", (1500, 1500), os.urandom(1500 * 1500 * 3))
    body = io.BytesIO()
    noise.save(body, "JPEG", quality=92)
    file = tmp_path_factory.mktemp("photos") / "Grüße aus Köln.jpg"
    file.write_bytes(body.getvalue())
    return file


@pytest.fixture(scope="session")
def infected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real picture that carries the scanners' harmless test string, put together at run time."""
    body = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(body, "JPEG")
    file = tmp_path_factory.mktemp("infected") / "innocent.jpg"
    file.write_bytes(body.getvalue() + EICAR)
    return file
