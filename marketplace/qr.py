"""An address as a QR code (ISO/IEC 18004): one SVG path that a template draws, with no style and no script."""

from dataclasses import dataclass

import qrcode
from qrcode.constants import ERROR_CORRECT_M

_QUIET = 4
"""Modules of empty border that scanners need (ISO/IEC 18004 §9.1)."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """A square of so many modules, and the path of the dark ones."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    """The code, readable with 15 % of it damaged."""
    code = qrcode.QRCode(border=_QUIET, error_correction=ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return QrCode(len(rows), "".join(dark))
