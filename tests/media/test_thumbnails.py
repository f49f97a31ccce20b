"""Small pictures out of a child process that may die of what it reads."""

import io
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from scanning import media_process
from scanning.media_process import NoDecodingError
from scanning.media_size import MOST_PIXELS
from scanning.thumbnails import EDGES, can_be_made_of, thumbnails_of
from tests.media import heic
from tests.scanning import samples

ORIENTATION, MAKER = 0x0112, 0x010F


def thumbnail_of(chunks: list[bytes]) -> bytes | None:
    made = thumbnails_of(chunks)
    return made.small if made else None


def opened(thumbnail: bytes | None) -> Image.Image:
    assert thumbnail is not None
    return Image.open(io.BytesIO(thumbnail))


def blank(size: tuple[int, int], mode: str, kind: str) -> bytes:
    made = io.BytesIO()
    Image.new(mode, size).save(made, kind)
    return made.getvalue()


def test_a_photo_becomes_a_small_webp() -> None:
    small = opened(thumbnail_of([samples.picture("JPEG", (2000, 1000))]))
    assert (small.format, small.size) == ("WEBP", (320, 160))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_other_formats_work_too(kind: str) -> None:
    assert opened(thumbnail_of([samples.picture(kind, (400, 400))])).size == (320, 320)


def test_a_phones_heic_photo_stands_upright_and_its_notes_are_gone() -> None:
    made = thumbnails_of([heic.SIDEWAYS])
    assert b"Ann's camera" in heic.SIDEWAYS
    assert made is not None
    small = opened(made.small).convert("RGB")
    assert (small.size, opened(made.large).size) == ((213, 320), (320, 480))
    assert b"camera" not in made.small + made.large
    red, _, blue = small.getpixel((100, 20))  # type: ignore[misc]  # an RGB picture's pixels are three numbers
    assert red > blue, "what was on the left is on top"


def test_a_heic_photo_that_announces_too_many_pixels_gives_none() -> None:
    size = (480).to_bytes(4, "big") + (320).to_bytes(4, "big")
    assert size in heic.SIDEWAYS
    assert thumbnail_of([heic.SIDEWAYS.replace(size, (20_000).to_bytes(4, "big") * 2)]) is None


@pytest.mark.parametrize("length", [40, 300, 500])
def test_a_heic_photo_that_is_cut_off_gives_none(length: int) -> None:
    assert thumbnail_of([heic.SIDEWAYS[:length]]) is None


def test_there_are_two_sizes() -> None:
    made = thumbnails_of([samples.picture("JPEG", (2000, 1000))])
    assert made is not None
    assert [max(opened(each).size) for each in (made.small, made.large)] == list(EDGES)
    assert opened(made.large).format == "WEBP"


def test_a_picture_smaller_than_a_thumbnail_is_not_blown_up() -> None:
    assert opened(thumbnail_of([samples.picture("PNG", (3, 2))])).size == (3, 2)


def test_transparency_stays() -> None:
    assert opened(thumbnail_of([blank((500, 100), "RGBA", "PNG")])).mode == "RGBA"


def test_a_photo_taken_sideways_stands_upright_and_its_metadata_are_gone() -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = 6, "Camera of somebody"
    photo = samples.picture("JPEG", (800, 400), exif=exif.tobytes(), comment=b"at home")
    thumbnail = thumbnail_of([photo])
    small = opened(thumbnail)
    assert small.size == (160, 320)
    assert not small.getexif()
    assert b"somebody" not in (thumbnail or b"")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"words",
        samples.picture("JPEG", (400, 300))[:3000],
        samples.picture("TIFF"),
        samples.PDF,
        samples.SVG,
    ],
)
def test_what_is_no_whole_picture_of_an_allowed_format_gives_none(body: bytes) -> None:
    assert thumbnail_of([body]) is None


def test_a_picture_that_unfolds_to_gigabytes_is_refused() -> None:
    """Attack 46: 900 million pixels in 110 kB."""
    bomb = samples.png_of_nothing(30_000, 30_000)
    assert len(bomb) < 200_000
    assert thumbnail_of([bomb]) is None


def test_the_largest_photo_that_a_phone_takes_still_works() -> None:
    assert opened(thumbnail_of([blank((8_160, 6_144), "RGB", "JPEG")])).size == (320, 241)


def run_in_limited_child(code: str) -> subprocess.CompletedProcess[bytes]:
    root = Path(media_process.__file__).parents[1]
    prologue = f"import sys; sys.path.append({str(root)!r}); from scanning import media_child as child; "
    command = [sys.executable, "-I", "-c", prologue + code]
    return subprocess.run(command, capture_output=True, timeout=60, check=False)


def test_child_and_pipeline_refuse_at_the_same_number_of_pixels() -> None:
    ended = run_in_limited_child("print(child._MOST_PIXELS)")
    assert int(ended.stdout) == MOST_PIXELS


def test_the_child_can_not_take_more_memory_than_its_limit() -> None:
    ended = run_in_limited_child("child.limit_this_process(); bytearray(2 << 30)")
    assert b"MemoryError" in ended.stderr


def test_the_child_can_not_work_on_for_ever() -> None:
    ended = run_in_limited_child("child.LONGEST_SECONDS = 1; child.limit_this_process()\nwhile True: pass")
    assert ended.returncode < 0


def test_the_child_can_not_sleep_on_for_ever() -> None:
    ended = run_in_limited_child("child.LONGEST_SECONDS = 1; child.limit_this_process(); import signal; signal.pause()")
    assert ended.returncode < 0


def test_a_child_that_overruns_is_killed_and_the_next_picture_gets_another(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = blank((640, 480), "RGB", "JPEG")
    with monkeypatch.context() as impatient:
        impatient.setattr(media_process, "WALL_SECONDS", 0.001)
        assert thumbnail_of([photo]) is None
    assert opened(thumbnail_of([photo])).size == (320, 240)


def test_a_picture_gets_its_thumbnail_although_what_children_are_forked_from_was_killed() -> None:
    photo = blank((640, 480), "RGB", "JPEG")
    assert thumbnail_of([photo])
    os.kill(forked_from(), signal.SIGKILL)
    assert opened(thumbnail_of([photo])).size == (320, 240)


def test_a_question_that_is_broken_off_is_never_answered_to_the_next() -> None:
    """As when a task's time is over while it waits for its child."""

    def break_off(_signal: int, _frame: object) -> None:
        raise InterruptedError

    media_process.children.end()  # whoever asks first waits for an interpreter
    before = signal.signal(signal.SIGALRM, break_off)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        with pytest.raises(NoDecodingError):
            media_process.decoded([b"x"], "thumbnails", "320", most_bytes=10_000)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert opened(thumbnail_of([blank((640, 480), "RGB", "JPEG")])).size == (320, 240)


def test_children_get_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_SECRET_ACCESS_KEY", "x")
    media_process.children.end()
    assert thumbnail_of([blank((64, 64), "RGB", "JPEG")])
    assert Path(f"/proc/{forked_from()}/environ").read_bytes() == b""


def test_what_children_are_forked_from_goes_with_a_worker_that_is_killed() -> None:
    code = (
        "import os, signal, sys; from scanning.media_process import children, decoded; "
        "decoded([b'x'], 'thumbnails', '320', most_bytes=10_000); print(children.process_id, flush=True); "
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    root = Path(media_process.__file__).parents[1]
    worker = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, timeout=60, check=False)
    assert worker.returncode == -signal.SIGKILL
    assert ends(int(worker.stdout.split()[-1]))


def forked_from() -> int:
    process_id = media_process.children.process_id
    assert process_id is not None
    return process_id


def ends(process_id: int) -> bool:
    """Whether it is gone, or goes within ten seconds."""
    try:
        process = os.pidfd_open(process_id)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], 10)[0])
    finally:
        os.close(process)


def test_pictures_are_told_from_other_files_by_their_type() -> None:
    assert can_be_made_of("image/jpg")
    assert can_be_made_of("image/webp")
    assert can_be_made_of("image/heic")
    assert can_be_made_of("image/heif")
    assert not can_be_made_of("image/svg+xml")
    assert not can_be_made_of("application/pdf")
