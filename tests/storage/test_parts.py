"""How files are cut: whole, in order, never more parts than storage takes."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.parts import (
    MAX_PARTS,
    MIB,
    MIN_BYTES,
    PART_BYTES,
    HeldPart,
    is_complete,
    length_of,
    part_count,
    part_size_for,
)


@dataclass
class File:
    declared_size: int
    part_size: int | None


def cut(size: int) -> File:
    return File(size, part_size_for(size))


@given(st.integers(MIN_BYTES, 5 * 10**12))
def test_the_parts_are_the_file(size: int) -> None:
    file = cut(size)
    count = part_count(file)
    assert 1 <= count <= MAX_PARTS
    assert file.part_size is not None
    assert file.part_size % MIB == 0
    assert (count - 1) * file.part_size + length_of(file, count) == size
    assert count == 1 or length_of(file, 1) >= MIN_BYTES


def test_parts_have_eight_mebibytes_until_there_would_be_too_many() -> None:
    assert part_size_for(MIN_BYTES) == part_size_for(PART_BYTES * MAX_PARTS) == PART_BYTES
    assert part_size_for(PART_BYTES * MAX_PARTS + 1) == 9 * MIB


@pytest.mark.parametrize("number", [-1, 0, 4, 10_001])
def test_there_is_no_part_beyond_the_file(number: int) -> None:
    with pytest.raises(ValueError, match="no part"):
        length_of(File(20 * MIB, 8 * MIB), number)


@pytest.mark.parametrize(
    "held",
    [
        [], [(1, 8), (2, 8)], [(2, 8), (3, 4)], [(1, 8), (2, 8), (3, 5)], [(1, 8), (2, 7), (3, 5)],
        [(1, 8), (2, 8), (3, 4), (4, 1)],
    ],
)  # fmt: skip
def test_missing_short_long_and_foreign_parts_make_no_file(held: list[tuple[int, int]]) -> None:
    file = File(20 * MIB, 8 * MIB)
    assert not is_complete(file, [HeldPart(number, size * MIB, "e") for number, size in held])


def test_all_parts_make_the_file() -> None:
    held = [HeldPart(number, size * MIB, "e") for number, size in [(1, 8), (2, 8), (3, 4)]]
    assert is_complete(File(20 * MIB, 8 * MIB), held)
