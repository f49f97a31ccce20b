"""The child that decodes pictures of strangers: `thumbnails …` or `treat …` are its arguments.

It has no environment and imports of the platform only what is as poor as itself, so a decoder's flaw finds no secret.
Memory, processor time, output and lifetime are limited before the first byte is read; the exit code is all that it
says. Standard input must be a file that can be read from any position.

`thumbnails 320 1280` gives a WebP for each edge in pixels, each behind its length in four bytes, the highest first.
`treat EDGE strip|keep` gives the picture at most EDGE pixels wide and high (0: as it is) without its notes where
`strip`; nothing at all where the picture is to stay as it came.
"""

import io
import os
import resource
import signal
import sys
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageOps

from scanning.forked import serve
from scanning.media_metadata import stripped

LONGEST_SECONDS: Final = 20
REFUSED: Final = 3
"""The exit code for what is no picture of an allowed format, damaged, or too large to unfold."""

_MEMORY_BYTES = 1 << 30
_OUTPUT_BYTES = 128 << 20
_OPEN_FILES = 64
_MOST_PIXELS = 100_000_000
"""Phones take photos of up to 50 million; at four bytes a pixel this stays well within the memory limit."""

_QUALITY = {"JPEG": 82, "WEBP": 82}
_SMALLER_BY = 0.9
"""A smaller picture that saves less than a tenth isn't worth the loss."""

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


def thumbnails(edges: list[int]) -> bytes:
    """The picture at each of the edges, upright, without metadata; one that is smaller is not blown up."""
    made = []
    with _opened(formats=_shown()) as picture:
        largest = max(edges)
        picture.draft("RGB", (largest * 2, largest * 2))
        picture.thumbnail((largest, largest))
        upright = ImageOps.exif_transpose(picture)
        bare = _without_metadata(upright.convert("RGBA" if upright.has_transparency_data else "RGB"))
    for edge in edges:
        small = bare.copy()
        small.thumbnail((edge, edge))
        encoded = _encoded(small, "WEBP", quality=80)
        made.append(len(encoded).to_bytes(4, "big") + encoded)
    return b"".join(made)


def treat(edge: int, *, strip: bool) -> bytes:
    """The picture as it is to be stored, empty where that is as it came."""
    smaller = _smaller(edge) if edge else b""
    if not strip:
        _require_whole(smaller)
        return smaller
    sys.stdin.buffer.seek(0)
    bare = stripped(smaller or sys.stdin.buffer.read())
    _require_whole(bare)
    return bare


def _smaller(edge: int) -> bytes:
    """The picture within the edge in its own format; empty for one that is, that moves, or that gets no smaller."""
    size = os.fstat(sys.stdin.fileno()).st_size
    with _opened() as picture:
        kind = picture.format or ""
        if max(picture.size) <= edge or kind == "GIF" or getattr(picture, "n_frames", 1) > 1:
            return b""
        exif, profile = picture.getexif(), picture.info.get("icc_profile")
        picture.draft(picture.mode, (edge, edge))
        small = ImageOps.exif_transpose(picture)
        small.thumbnail((edge, edge))
        exif.pop(0x0112, None)
        encoded = _encoded(small, kind, quality=_QUALITY.get(kind, 0), exif=exif.tobytes(), icc_profile=profile)
    return encoded if len(encoded) <= size * _SMALLER_BY else b""


def _require_whole(picture: bytes) -> None:
    """Raises where the result, or with nothing the picture itself, can't be unfolded to its last pixel."""
    with _opened(picture) as whole:
        whole.load()


def _shown() -> tuple[str, ...]:
    """HEIC alone where the file begins as one (ISO 14496-12 §4.3): its decoder is loaded for nothing else.

    In one thread, since each takes memory of its own. What a file carries as its thumbnail isn't believed.
    """
    sys.stdin.buffer.seek(0)
    if sys.stdin.buffer.read(8)[4:] != b"ftyp":
        return _FORMATS
    import pi_heif  # noqa: PLC0415

    pi_heif.options.DECODE_THREADS = 1
    pi_heif.register_heif_opener(thumbnails=False)
    return ("HEIF",)


def _opened(picture: bytes = b"", formats: tuple[str, ...] = _FORMATS) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = None
    sys.stdin.buffer.seek(0)
    opened = Image.open(io.BytesIO(picture) if picture else sys.stdin.buffer, formats=formats)
    if opened.width * opened.height > _MOST_PIXELS:
        raise ValueError("too many pixels")
    return opened


def _encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    encoded = io.BytesIO()
    picture.save(encoded, kind, **{name: value for name, value in options.items() if value})
    return encoded.getvalue()


def _without_metadata(picture: Image.Image) -> Image.Image:
    """Only pixels: without its notes there is no place, camera or profile that an encoder could carry over."""
    bare = picture.copy()
    bare.info = {}
    return bare


def _main(work: str, *wishes: str) -> bytes:
    if work == "thumbnails":
        return thumbnails([int(edge) for edge in wishes])
    return treat(int(wishes[0]), strip=wishes[1] == "strip")


def serve_forks() -> None:
    """Have a child do each piece of work that is asked for, with Pillow's formats loaded."""
    Image.preinit()
    serve(_do)


def _do(arguments: Sequence[str]) -> None:
    limit_this_process()
    try:
        result = _main(*arguments)
    except Exception:  # noqa: BLE001 - decoders raise anything on hostile input; all of it means one thing
        sys.exit(REFUSED)
    sys.stdout.buffer.write(result)
