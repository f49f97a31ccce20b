"""A derived grant is never wider than its source, in any direction, through any chain."""

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kernel.paths import is_within
from policy.actions import Action, parse_scope, scope_of
from policy.narrowing import Reach, exceeds, narrow

PREFIXES = st.lists(st.sampled_from(["a", "b", "ab", "photos", "photosX"]), max_size=4).map("/".join)
ACTIONS = st.frozensets(st.sampled_from(Action))
REACHES = st.builds(Reach, ACTIONS, PREFIXES, st.integers(1, 3_600))
EVERYTHING = Reach(frozenset(Action), "", 600)


def narrowed(wanted: Reach, allowed: Reach) -> Reach:
    """What is granted; prefixes without a common part are not what the property is about."""
    try:
        return narrow(wanted, allowed)
    except ValueError:
        assume(False)
        raise


def is_at_most(one: Reach, other: Reach) -> bool:
    """Whether everything that the one allows, the other allows too: the reference that narrowing is held to."""
    return (
        one.actions <= other.actions
        and is_within(one.prefix, other.prefix)
        and one.lives_seconds <= other.lives_seconds
    )


@given(REACHES, REACHES)
def test_a_grant_is_never_wider_than_what_is_allowed_nor_than_what_was_asked(wanted: Reach, allowed: Reach) -> None:
    granted = narrowed(wanted, allowed)
    assert is_at_most(granted, allowed)
    assert is_at_most(granted, wanted)


@given(REACHES, REACHES, st.sampled_from(Action), PREFIXES)
def test_a_grant_leaves_out_nothing_that_both_allow(wanted: Reach, allowed: Reach, action: Action, path: str) -> None:
    granted = narrowed(wanted, allowed)
    in_both = all(action in reach.actions and is_within(path, reach.prefix) for reach in (wanted, allowed))
    assert in_both == (action in granted.actions and is_within(path, granted.prefix))


@given(st.lists(REACHES, min_size=2, max_size=6))
def test_a_chain_of_exchanges_only_narrows(chain: list[Reach]) -> None:
    try:
        links = list(itertools.accumulate(chain, lambda source, wish: narrow(wish, source)))
    except ValueError:
        return
    assert all(is_at_most(child, parent) for parent, child in itertools.pairwise(links))


@given(REACHES, REACHES)
def test_narrowing_again_changes_nothing(wanted: Reach, allowed: Reach) -> None:
    granted = narrowed(wanted, allowed)
    assert narrow(granted, allowed) == granted
    assert narrow(wanted, granted) == granted


@given(REACHES, REACHES)
def test_the_order_of_the_two_does_not_matter(one: Reach, other: Reach) -> None:
    assert narrowed(one, other) == narrowed(other, one)


@given(REACHES, REACHES)
def test_what_does_not_exceed_is_granted_as_asked_but_for_its_lifetime(wanted: Reach, allowed: Reach) -> None:
    if exceeds(wanted, allowed) is None:
        granted = narrow(wanted, allowed)
        assert (granted.actions, granted.prefix) == (wanted.actions, wanted.prefix)
        assert granted.lives_seconds == min(wanted.lives_seconds, allowed.lives_seconds)


@given(REACHES, REACHES)
def test_what_is_wider_is_said_to_exceed(wanted: Reach, allowed: Reach) -> None:
    beyond = exceeds(wanted, allowed)
    assert (beyond == "actions") == (not wanted.actions or bool(wanted.actions - allowed.actions))
    if beyond is None:
        assert is_within(wanted.prefix, allowed.prefix)


@pytest.mark.parametrize("prefix", ["photosX", "photo", "hr", "Photos", "other/photos"])
def test_a_neighbouring_folder_is_out_of_reach(prefix: str) -> None:
    allowed = Reach(frozenset(Action), "photos", 600)
    wanted = Reach(frozenset({Action.FILES_LIST}), prefix, 600)
    assert exceeds(wanted, allowed) == "prefix"
    with pytest.raises(ValueError, match="no folder in common"):
        narrow(wanted, allowed)


def test_asking_for_the_root_yields_the_folder_that_is_allowed() -> None:
    allowed = Reach(frozenset({Action.FILES_LIST}), "photos/2026", 300)
    assert exceeds(EVERYTHING, allowed) == "actions"
    assert narrow(EVERYTHING, allowed) == allowed


def test_asking_for_nothing_is_a_mistake_and_grants_nothing() -> None:
    nothing = Reach(frozenset(), "", 600)
    assert exceeds(nothing, EVERYTHING) == "actions"
    assert narrow(nothing, EVERYTHING).actions == frozenset()


@given(ACTIONS)
def test_a_scope_reads_back_in_any_order(actions: frozenset[Action]) -> None:
    assert parse_scope(scope_of(actions)) == actions
    assert parse_scope(" ".join(reversed(scope_of(actions).split()))) == actions


def test_a_scope_is_spelt_in_the_order_of_the_vocabulary() -> None:
    assert scope_of(frozenset(Action)) == "files:write files:list files:read folders:create files:delete"
    assert scope_of(frozenset()) == ""


@pytest.mark.parametrize(
    "scope", ["files:*", "files:write admin", "FILES:WRITE", "files:write,files:list", "*", "files"]
)
def test_a_scope_that_names_anything_unknown_is_none_at_all(scope: str) -> None:
    assert parse_scope(scope) is None


@pytest.mark.parametrize("action", Action)
def test_an_action_has_words_that_end_a_sentence(action: Action) -> None:
    assert action.words.islower()
    assert not action.words.endswith(".")
    assert len({other.words for other in Action}) == len(Action)
