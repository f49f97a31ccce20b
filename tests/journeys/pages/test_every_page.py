"""Every page, in its states, as everybody meets it: nothing for axe to find, nothing that scrolls sideways, one h1, and
nothing that the browser complains of, the Content Security Policy and requests to others included.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from embedded.management import PROJECT
from tests.journeys.conftest import Visitor
from tests.journeys.pages.look import HEIGHT, WIDTHS, faults, heavy
from tests.journeys.pages.places import GUEST, PLACES, Place

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]  # whoever comes first makes the world
_EXPECTED = tuple(f"status of {status}" for status in (401, 403, 404, 409, 422))
"""What Chromium says of a page that answers so; whether it should is the place's matter."""


@pytest.fixture(scope="session")
def world(site: str) -> dict[str, str]:
    """What the world's things are called."""
    program = [sys.executable, "-m", "tests.journeys.pages.world"]
    environment = {**os.environ, "PYTHONPATH": f"{PROJECT}:{PROJECT / 'platform'}"}
    made = subprocess.run(program, env=environment, cwd=PROJECT, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(made.stdout))


@pytest.fixture(scope="session")
def window_of(chromium: Browser, site: str) -> Iterator[Callable[[str], Visitor]]:
    """Each person's one window, signed in when it is needed first."""
    windows: dict[str, Visitor] = {}

    def window(who: str) -> Visitor:
        if who not in windows:
            view = {"width": WIDTHS[0], "height": HEIGHT}
            windows[who] = Visitor(chromium, site, reduced_motion="reduce", viewport=view)
            enter(windows[who], who)
        return windows[who]

    yield window
    for visitor in windows.values():
        visitor.context.close()


def enter(visitor: Visitor, who: str) -> None:
    if who == GUEST:
        visitor.page.goto("/sandbox/")
        visitor.page.get_by_role("button", name="Begin").click()
        visitor.page.wait_for_url("**/apps/")
    elif who:
        visitor.sign_in(who)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_nothing_is_wrong_with_a_page(place: Place, world: dict[str, str], window_of: Callable[[str], Visitor]) -> None:
    person = window_of(place.who)
    page = person.page
    person.complaints.clear()
    arrive(page, place, world)
    settle(page)
    assert faults(page) == []
    assert place.address.startswith("/admin/") or heavy(page) == []
    assert [said for said in person.complaints if not any(expected in said for expected in _EXPECTED)] == []
    page.unroute_all(behavior="ignoreErrors")


def arrive(page: Page, place: Place, world: dict[str, str]) -> None:
    if place.kept_waiting:
        page.route(place.kept_waiting, lambda _route: None)
    answer = page.goto((place.by or place.address).format_map(world))
    assert answer is not None
    assert answer.status == place.status
    if place.doing:
        place.doing(page)
    if place.state.startswith("wrong after"):
        assert page.title().startswith("Error:")


def settle(page: Page) -> None:
    """Until nothing that the page asked for is on its way."""
    page.wait_for_load_state()
    page.evaluate("document.fonts.ready")
