"""Every page, in its states, as everybody meets it: nothing for axe to find, nothing that scrolls sideways, one h1, and
nothing that the browser complains of, the Content Security Policy and requests to others included.
"""

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Visitor
from tests.journeys.pages.look import faults, heavy
from tests.journeys.pages.places import PLACES, Place
from tests.journeys.pages.walking import arrive, settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]  # whoever comes first makes the world
_EXPECTED = tuple(f"status of {status}" for status in (401, 403, 404, 409, 422))
"""What Chromium says of a page that answers so; whether it should is the place's matter."""


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
