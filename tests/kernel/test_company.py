"""Pieces of work side by side: they ask together, and what becomes of one is no other's concern."""

from collections.abc import Sequence
from contextvars import ContextVar

from hypothesis import given
from hypothesis import strategies as st

from kernel.company import asked, side_by_side

_whose: ContextVar[int] = ContextVar("whose", default=-1)


class Counter:
    """Answers with what was asked, and remembers how many asked at once."""

    def __init__(self) -> None:
        self.trips: list[int] = []

    def __call__(self, questions: Sequence[int]) -> list[int | Exception]:
        self.trips.append(len(questions))
        return [ValueError(str(question)) if question < 0 else question for question in questions]


def test_all_ask_in_one_trip_and_each_hears_its_own_answer() -> None:
    first, second = Counter(), Counter()

    def piece(number: int) -> int:
        return asked(first, number) * 10 + asked(second, number)

    assert side_by_side([lambda n=n: piece(n) for n in range(5)]) == [0, 11, 22, 33, 44]  # type: ignore[misc]
    assert (first.trips, second.trips) == ([5], [5])


def test_alone_it_just_asks() -> None:
    counter = Counter()
    assert asked(counter, 3) == 3
    assert counter.trips == [1]


def test_an_error_is_raised_where_it_was_asked_for_and_nowhere_else() -> None:
    counter = Counter()

    def careful(number: int) -> str:
        try:
            return str(asked(counter, number))
        except ValueError as error:
            return f"not {error}"

    assert side_by_side([lambda: careful(1), lambda: careful(-2), lambda: careful(3)]) == ["1", "not -2", "3"]


def test_a_piece_that_fails_ends_alone() -> None:
    counter = Counter()

    def failing() -> int:
        raise ZeroDivisionError

    first, second = side_by_side([failing, lambda: asked(counter, 7)])
    assert isinstance(first, ZeroDivisionError)
    assert second == 7


def test_a_trip_that_fails_is_told_to_all_who_asked() -> None:
    def nobody(_questions: Sequence[int]) -> list[int]:
        raise ConnectionError

    results = side_by_side([lambda: asked(nobody, 1), lambda: asked(nobody, 2), lambda: 3])
    assert [type(result) for result in results] == [ConnectionError, ConnectionError, int]


def test_what_is_set_for_one_is_not_set_for_another() -> None:
    counter = Counter()

    def piece(number: int) -> int:
        _whose.set(number)
        asked(counter, number)
        return _whose.get()

    assert side_by_side([lambda n=n: piece(n) for n in range(4)]) == [0, 1, 2, 3]  # type: ignore[misc]
    assert _whose.get() == -1


@given(st.lists(st.lists(st.integers(0, 9), max_size=6), max_size=8))
def test_every_piece_hears_what_it_would_alone_in_as_few_trips_as_the_longest_needs(work: list[list[int]]) -> None:
    counter = Counter()

    def piece(questions: list[int]) -> list[int]:
        return [asked(counter, question) for question in questions]

    assert side_by_side([lambda each=each: piece(each) for each in work]) == work  # type: ignore[misc]
    assert len(counter.trips) == max(map(len, work), default=0)
