"""`make pictures`: drives the real product, with a week of a marketing team's work in it, and keeps what is seen.

The tour's pictures go to docs/pictures, the guide's in each language to static/help.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from embedded import packages
from embedded.management import PROJECT, manage
from tests.bench.servers import printed, stack
from tests.journeys.conftest import ARGUMENTS, Visitor
from tests.journeys.pages.places import GUEST
from tests.journeys.running import running
from tests.pictures.keeping import Frame, keep
from tests.pictures.scenes import GUIDE, TOUR, Scene

TOUR_FRAME = Frame(1280, 1000, "png")
GUIDE_FRAME = Frame(1000, 625, "webp")
GUIDES = {"en-GB": PROJECT / "static" / "help", "de-DE": PROJECT / "static" / "help" / "de"}


def main() -> None:
    packages.install_missing("clamd", "chromium")
    with platform() as (site, names), sync_playwright() as playwright:
        chromium = str(packages.location("chromium"))
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        _take(browser, site, names, TOUR, TOUR_FRAME, "en-GB", PROJECT / "docs" / "pictures")
        for language, folder in GUIDES.items():
            _take(browser, site, names, GUIDE, GUIDE_FRAME, language, folder)
        browser.close()


@contextmanager
def platform() -> Iterator[tuple[str, dict[str, str]]]:
    """A platform of its own, gone afterwards: its address, and what the world's things are called."""
    with stack() as servers:
        settings = servers.environment()
        os.environ.update(settings)
        manage(settings, ["collectstatic", "--noinput", "--verbosity=0"])
        with running(settings, servers.logs) as site:
            environment = {**settings, "PYTHONPATH": f"{PROJECT}:{PROJECT / 'platform'}"}
            yield site, json.loads(printed(environment, "tests.journeys.pages.world"))


def _take(
    browser: Browser,
    site: str,
    names: dict[str, str],
    scenes: tuple[Scene, ...],
    frame: Frame,
    language: str,
    folder: Path,
) -> None:
    """Take each scene's picture, one window for each of the people in them."""
    windows: dict[str, Visitor] = {}
    for scene in scenes:
        if scene.who not in windows:
            windows[scene.who] = _window(browser, site, frame, language, scene.who)
        page = windows[scene.who].page
        scene.play(page, names)
        keep(page, frame, folder / scene.name)
        page.unroute_all(behavior="ignoreErrors")
        sys.stdout.write(f"{folder / scene.name}\n")
    for window in windows.values():
        window.context.close()


def _window(browser: Browser, site: str, frame: Frame, language: str, who: str) -> Visitor:
    view = {"width": frame.width, "height": frame.height}
    visitor = Visitor(browser, site, viewport=view, color_scheme="light", locale=language, reduced_motion="reduce")
    if who == GUEST:
        visitor.page.goto("/sandbox/")
        visitor.page.locator("main form button").first.click()
        visitor.page.wait_for_url("**/apps/")
    elif who:
        visitor.page.goto("/accounts/login/")
        visitor.page.locator("input[type=email]").fill(who)
        visitor.page.locator("input[type=password]").fill(os.environ["DEMO_PASSWORD"])
        visitor.page.locator("main form button").first.click()
        visitor.page.wait_for_url(lambda address: "/accounts/login/" not in address)
    return visitor


if __name__ == "__main__":
    main()
