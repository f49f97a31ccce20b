"""No page is added without the walk going there."""

from django.urls import get_resolver

from tests.journeys.pages.routes import ALIKE_IN_THE_ADMIN, LEFT_OUT, pages, readable, walked

KINDS = set(ALIKE_IN_THE_ADMIN)


def kinds_of(names: set[str]) -> set[str]:
    return {kind for kind in KINDS for name in names if name.startswith("admin:") and name.endswith(kind)}


def test_the_walk_goes_to_every_page() -> None:
    assert sorted(name for name in pages() - walked() if not kinds_of({name})) == []


def test_each_kind_of_page_in_the_administration_is_walked() -> None:
    assert kinds_of(walked()) == KINDS


def test_nothing_is_left_out_that_is_gone_or_walked() -> None:
    assert sorted(LEFT_OUT - set(readable(get_resolver()))) == []
    assert sorted(LEFT_OUT & walked()) == []
