"""What a TIFF or a JPEG 2000 says of its size is believed, and whatever else it says breaks nobody."""

import io

import pytest

from scanning import tiff
from scanning.wholeness import frame_of
from tests.scanning import samples
from tests.scanning.unfolding import jpeg2000, pages


@pytest.mark.parametrize("whole", [
    pages((300, 200), (400, 500)),
    pages((400, 500), is_big=True),
    pages((300, 200), below=(400, 500)),
])  # fmt: skip
def test_the_largest_page_counts_wherever_it_stands(whole: bytes) -> None:
    frame = tiff.frame_of(io.BytesIO(whole))
    assert (frame.points, frame.is_whole) == (200_000, True)


def test_a_real_one_is_measured() -> None:
    frame = tiff.frame_of(io.BytesIO(samples.picture("TIFF", (120, 80))))
    assert (frame.points, frame.is_whole) == (9_600, True)


def test_a_page_that_leads_back_to_itself_ends() -> None:
    whole = pages((300, 200))
    assert not tiff.frame_of(io.BytesIO(whole[:-4] + (8).to_bytes(4, "little"))).is_whole


@pytest.mark.parametrize("whole", [pages((300, 200), below=(40, 50)), pages((300, 200), (1, 1), is_big=True)])
def test_wherever_one_breaks_off_or_is_bent_there_is_an_answer(whole: bytes) -> None:
    for place in range(4, len(whole)):
        tiff.frame_of(io.BytesIO(whole[:place]))
        tiff.frame_of(io.BytesIO(whole[:place] + b"\xff" + whole[place + 1 :]))


def test_the_largest_stream_of_a_jpeg_2000_counts() -> None:
    frame = frame_of("image/jp2", [jpeg2000((9, 9), (400, 500), (10, 10))])
    assert frame is not None
    assert (frame.points, frame.is_whole) == (200_000, True)


def test_a_jpeg_2000_without_a_stream_is_not_whole() -> None:
    frame = frame_of("image/jp2", [jpeg2000()])
    assert frame is not None
    assert not frame.is_whole
