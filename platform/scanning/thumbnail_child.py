"""The child process that decodes pictures of strangers: `python -I thumbnail_child.py <picture >thumbnail`.

It imports nothing of the platform and is started with an empty environment, so a decoder's flaw finds no secret.
Memory, processor time, output and lifetime are limited before the first byte is read; the exit code is all that
it says. Standard input must be a file that can be read from any position.
"""

import io
import resource
import signal
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL import Image

EDGE_PIXELS: Final = 320
LONGEST_SECONDS: Final = 20
CONTENT_TYPE: Final = "image/webp"
REFUSED: Final = 3
"""The exit code for what is no picture of an allowed format, damaged, or too large to unfold."""

_MEMORY_BYTES = 1 << 30
_OUTPUT_BYTES = 256 * 1024
_OPEN_FILES = 64
_MOST_PIXELS = 100_000_000
"""Phones take photos of up to 50 million; at four bytes a pixel this stays well within the memory limit."""

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def limit_this_process() -> None:
    """Give up what decoding doesn't need. SIGALRM ends the process when its time is over."""
    for which, most in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, LONGEST_SECONDS),
        (resource.RLIMIT_FSIZE, _OUTPUT_BYTES),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(which, (most, most))
    signal.alarm(LONGEST_SECONDS)


def shrink() -> bytes:
    """The picture on standard input as a WebP of at most 320 by 320 pixels, upright, without metadata."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - only once the limits stand

    Image.MAX_IMAGE_PIXELS = None
    with Image.open(sys.stdin.buffer, formats=_FORMATS) as picture:
        if picture.width * picture.height > _MOST_PIXELS:
            raise ValueError("too many pixels")
        picture.draft("RGB", (EDGE_PIXELS * 2, EDGE_PIXELS * 2))
        picture.thumbnail((EDGE_PIXELS, EDGE_PIXELS))
        upright = ImageOps.exif_transpose(picture)
        bare = _without_metadata(upright.convert("RGBA" if upright.has_transparency_data else "RGB"))
    encoded = io.BytesIO()
    bare.save(encoded, "WEBP", quality=80)
    return encoded.getvalue()


def _without_metadata(picture: "Image.Image") -> "Image.Image":
    """Only pixels: without its notes there is no place, camera or profile that an encoder could carry over."""
    bare = picture.copy()
    bare.info = {}
    return bare


if __name__ == "__main__":
    limit_this_process()
    try:
        thumbnail = shrink()
    except Exception:  # noqa: BLE001 - decoders raise anything on hostile input; all of it means one thing
        sys.exit(REFUSED)
    sys.stdout.buffer.write(thumbnail)
