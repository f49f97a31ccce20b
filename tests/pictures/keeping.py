"""Keeping a picture small: few colours or a lossy format, and always the same size."""

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

_COLOURS, _QUALITY = 192, 82


@dataclass(frozen=True, slots=True)
class Frame:
    """A window's size in CSS pixels, which is the picture's, and its format."""

    width: int
    height: int
    kind: str


def keep(page: Page, frame: Frame, file: Path) -> None:
    """Write what the window shows to this file, whose ending the frame gives."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(page.screenshot())) as seen:
        picture = seen.convert("RGB")
    if frame.kind == "png":
        few = picture.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(file.with_suffix(".png"), optimize=True)
    else:
        picture.save(file.with_suffix(".webp"), quality=_QUALITY, method=6)
