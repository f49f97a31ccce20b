"""Each sentence of each shipped template's Safety facts card, tried at the broker and the gateway.

A sentence without a trial fails: nothing can be promised on the card that isn't tried here.
"""

from typing import Any

import pytest

from tests.gateway.conftest import bucket
from tests.marketplace.app_world import browser_of
from tests.marketplace.conftest import CATALOGUE
from tests.marketplace.facts import registry, trials
from tests.marketplace.facts.card import Sentence, sentences
from tests.marketplace.facts.world import World

__all__ = ["bucket", "trials"]

SLUGS = sorted(file.stem for file in CATALOGUE.glob("*.json"))
ROWS = ("Can", "Cannot", "Cost", "Where", "Kept", "Checked", "Limits")
_worlds: dict[str, World] = {}


@pytest.fixture
def world(request: pytest.FixtureRequest, transactional_db: None, bucket: None, settings: Any) -> World:
    """The template's, made once for all of its rows."""
    settings.PROOF_OF_WORK_NUMBER = 300  # solved in no time
    slug: str = request.param
    if slug not in _worlds:
        _worlds[slug] = World(slug)
    return _worlds[slug]


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_what_the_card_says_is_what_is_enforced(world: World, row: str) -> None:
    said = [sentence for sentence in world.card if sentence.row.split(" · ")[0] == row]
    assert said, f"The card has nothing under “{row}”."
    for sentence in said:
        registry.try_sentence(world, sentence)


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_the_card_has_no_rows_but_those_that_are_tried(world: World) -> None:
    assert list(dict.fromkeys(sentence.row.split(" · ")[0] for sentence in world.card)) == list(ROWS)


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_an_apps_own_card_says_nothing_else(world: World) -> None:
    """But for its one place of those that the template offers."""
    person = world.bare.person
    own = sentences(browser_of(person.user).get(f"/apps/{person.app.slug}/").content.decode())
    assert set(own) <= set(world.card)
    assert {sentence for sentence in world.card if sentence not in own} <= {
        sentence for sentence in world.card if sentence.row == "Where"
    }


def test_a_sentence_that_nobody_tries_is_found(transactional_db: None) -> None:
    with pytest.raises(AssertionError, match="tried by 0 trials"):
        registry.try_sentence(None, Sentence("Can", "keep a promise that nobody tries"))  # type: ignore[arg-type]
