"""Where the template says so, what a picture tells of camera, maker and place is gone; pixels stay as they were."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageChops

from scanning.media_metadata import stripped
from scanning.media_size import pixels_of
from tests.media import photographs
from tests.media.photographs import ORIENTATION, opened, told
from tests.scanning import samples

KINDS: dict[str, Callable[[], bytes]] = {
    "jpeg": photographs.jpeg,
    "progressive": lambda: photographs.jpeg(progressive=True),
    "restarting": lambda: photographs.jpeg(restart_marker_rows=1),
    "grey": lambda: photographs.jpeg(picture=photographs.drawing(mode="L")),
    "cmyk": lambda: photographs.jpeg(picture=photographs.drawing(mode="CMYK")),
    "png": photographs.png,
    "webp": photographs.webp,
    "gif": photographs.gif,
}


@pytest.mark.parametrize("kind", KINDS)
def test_notes_and_what_hangs_behind_the_end_are_gone_and_every_pixel_stays(kind: str) -> None:
    before = KINDS[kind]()
    assert told(before)
    after = stripped(before)
    assert told(after) == []
    assert len(after) < len(before)
    assert opened(after).mode == opened(before).mode
    assert ImageChops.difference(opened(before).convert("RGB"), opened(after).convert("RGB")).getbbox() is None


@pytest.mark.parametrize("picture", [photographs.jpeg(6), photographs.png(6), photographs.webp(6)])
def test_which_way_is_up_stays_and_nothing_else(picture: bytes) -> None:
    notes = opened(stripped(picture)).getexif()
    assert dict(notes) == {ORIENTATION: 6}
    assert told(stripped(picture)) == []


def test_colours_stay_what_they_were_meant_to_be() -> None:
    assert opened(stripped(photographs.jpeg())).info["icc_profile"] == b"a colour profile"


def test_an_animation_still_moves() -> None:
    after = opened(stripped(photographs.gif()))
    assert (after.n_frames, after.info["loop"]) == (2, 0)  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_time_changes_nothing(kind: str) -> None:
    once = stripped(KINDS[kind]())
    assert stripped(once) == once


@pytest.mark.parametrize(
    "body", [b"", b"words", samples.PDF, samples.picture("TIFF"), photographs.jpeg()[:3000], photographs.png()[:200]]
)
def test_what_is_no_whole_picture_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        stripped(body)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_no_damage_makes_it_fail_in_any_other_way_or_tell_more(data: st.DataObject) -> None:
    body = bytearray(KINDS[data.draw(st.sampled_from(sorted(KINDS)))]())
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, min(len(body) - 1, 2_000)))] = data.draw(st.integers(0, 255))
    try:
        after = stripped(bytes(body))
    except ValueError:
        return
    assert len(after) <= len(body) + 64


@pytest.mark.parametrize(
    ("body", "pixels"),
    [
        (photographs.jpeg(), 640 * 400),
        (photographs.jpeg(progressive=True), 640 * 400),
        (photographs.png(), 640 * 400),
        (photographs.webp(), 640 * 400),
        (samples.picture("WEBP", (70, 30), quality=50), 70 * 30),
        (samples.picture("WEBP", (70, 30), lossless=True), 70 * 30),
        (photographs.gif(), 64 * 48),
        (samples.png_of_nothing(30_000, 30_000), 900_000_000),
        (samples.PDF, None),
        (b"\xff\xd8\xff\xe0", None),
        (b"", None),
    ],
)
def test_pixels_are_counted_without_decoding(body: bytes, pixels: int | None) -> None:
    assert pixels_of(body[:65_536]) == pixels
