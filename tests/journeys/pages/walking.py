"""Going to a place: who opens the window, and what they do until the page is there to be looked at."""

from playwright.sync_api import Page

from tests.journeys.conftest import Visitor
from tests.journeys.pages.keyring import sign_in_with_keys
from tests.journeys.pages.places import GUEST, KIM, Place, in_words_of


def enter(visitor: Visitor, who: str) -> None:
    """Sign in, or begin a sandbox."""
    if who == GUEST:
        visitor.page.goto("/sandbox/")
        visitor.page.locator("main form button").first.click()
        visitor.page.wait_for_url("**/apps/")
    elif who == KIM:
        sign_in_with_keys(visitor, who)
    elif who:
        visitor.sign_in(who)


def arrive(page: Page, place: Place, world: dict[str, str]) -> None:
    """Open the page, in its state."""
    if place.kept_waiting:
        page.route(place.kept_waiting, lambda _route: None)
    answer = page.goto((place.by or place.address).format_map(world))
    assert answer is not None
    assert answer.status == place.status
    if place.doing:
        place.doing(page)
    assert ("reauthenticate" in page.url) == ("reauthenticate" in place.address), page.url
    if place.state.startswith("wrong after"):
        assert page.title().startswith(in_words_of(page, "Error:"))


def settle(page: Page) -> None:
    """Until nothing that the page asked for is on its way."""
    page.wait_for_load_state()
    page.evaluate("document.fonts.ready")
