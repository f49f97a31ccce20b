"""Every page, in its states, as a German meets it: nothing stands there in English, and nobody is called du."""

import json
from collections.abc import Callable

import pytest

from tests.journeys.conftest import Visitor
from tests.journeys.pages.places import PLACES, Place
from tests.journeys.pages.tongues import left_in_english, says_du, shown
from tests.journeys.pages.walking import arrive, settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]  # whoever comes first makes the world
_OF_THE_API = (
    "Button",
    "DELETE",
    "Empty",
    "Ending",
    "Folder",
    "Form",
    "GET",
    "Page",
    "Part",
    "Parts",
    "list",
    "revoke",
)
"""Schemas and operations, which are called the same in every language."""

_NAMES = (
    "Acme Marketing",
    "Gatehouse",
    "Search",  # stands in a template of Django's, unmarked
)
_NAMED_BY_A_BUTTON = "Ask Olivia Owner"
"""A button with a name in it, which no dictionary has."""


@pytest.mark.parametrize(
    "place", [each for each in PLACES if _NAMED_BY_A_BUTTON not in each.name], ids=lambda place: place.name
)
def test_no_page_leaves_a_german_with_english(
    place: Place, world: dict[str, str], window_of: Callable[..., Visitor]
) -> None:
    texts = {}
    for language in ("en", "de"):
        page = window_of(place.who, language).page
        arrive(page, place, world)
        settle(page)
        assert page.evaluate("document.documentElement.lang") == language
        texts[language] = shown(page)
        page.unroute_all(behavior="ignoreErrors")
    assert [text for text in texts["de"] if says_du(text)] == []
    left = left_in_english(texts["en"], texts["de"], [*_NAMES, *json.loads(world["typed"])])
    assert [text for text in left if place.address != "/api/docs/" or text not in _OF_THE_API] == []
