"""The walk's world, and everybody's window in each language."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from embedded.management import PROJECT
from tests.journeys.conftest import Visitor
from tests.journeys.pages.look import HEIGHT, WIDTHS
from tests.journeys.pages.places import KIM
from tests.journeys.pages.walking import enter


@pytest.fixture(scope="session")
def world(site: str) -> dict[str, str]:
    """What the world's things are called."""
    program = [sys.executable, "-m", "tests.journeys.pages.world"]
    environment = {**os.environ, "PYTHONPATH": f"{PROJECT}:{PROJECT / 'platform'}"}
    made = subprocess.run(program, env=environment, cwd=PROJECT, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(made.stdout))


@pytest.fixture(scope="session")
def window_of(chromium: Browser, site: str) -> Iterator[Callable[..., Visitor]]:
    """Each person's one window in a language, signed in when it is needed first."""
    windows: dict[tuple[str, str], Visitor] = {}

    def window(who: str, language: str = "en") -> Visitor:
        if (who, language) not in windows:
            view = {"width": WIDTHS[0], "height": HEIGHT}
            address = site.replace("127.0.0.1", "localhost") if who == KIM else site  # an address is no passkey's home
            visitor = Visitor(chromium, address, locale=language, reduced_motion="reduce", viewport=view)
            windows[who, language] = visitor
            enter(visitor, who)
        return windows[who, language]

    yield window
    for visitor in windows.values():
        visitor.context.close()
