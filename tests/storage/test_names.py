"""Free names: the first that nobody has, found in few questions, and ranges of names that begin alike."""

from hypothesis import given
from hypothesis import strategies as st

from storage.listing import names_beginning
from storage.names import MAX_CHARACTERS, next_free, numbered

LETTERS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=6)


@given(st.integers(1, 20_000))
def test_after_so_many_of_one_name_the_next_number_is_found_in_few_questions(count: int) -> None:
    there, asked = {"a.jpg"} | {numbered("a.jpg", number) for number in range(2, count + 1)}, []

    def taken(name: str) -> bool:
        asked.append(name)
        return name in there

    assert next_free("a.jpg", taken) == numbered("a.jpg", count + 1)
    assert len(asked) <= 2 * count.bit_length() + 2


@given(st.text("abc .é", min_size=1, max_size=300).filter(lambda stem: stem.strip(" .")), st.integers(2, 10**6))
def test_a_numbered_name_is_never_too_long_and_keeps_its_extension(stem: str, number: int) -> None:
    made = numbered(stem + ".jpg", number)
    assert len(made) <= MAX_CHARACTERS
    assert made.endswith(f"({number}).jpg")


@given(LETTERS, LETTERS)
def test_the_range_of_a_beginning_holds_exactly_the_names_that_begin_so(prefix: str, name: str) -> None:
    first, end = names_beginning(prefix)
    for candidate in (name, prefix, prefix + name):
        is_in = first <= candidate < (end or candidate + "x")
        assert is_in == candidate.startswith(prefix)
