"""Small real files of many kinds, made here and now."""

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping

from PIL import Image


def picture(kind: str, size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    """A picture with some structure in it, in one of Pillow's formats."""
    made = io.BytesIO()
    Image.effect_mandelbrot(size, (-2, -1.5, 1, 1.5), 40).convert("RGB").save(made, kind, **options)
    return made.getvalue()


def png_of_nothing(width: int, height: int) -> bytes:
    """A whole, valid PNG of black pixels, one bit each (PNG specification, third edition, §5)."""
    rows = zlib.compress(bytes((width // 8 + 1) * height), 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_png_chunk, chunks))


def _png_chunk(chunk: tuple[bytes, bytes]) -> bytes:
    kind, body = chunk
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def zipped(entries: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP with these entries in this order; one called `mimetype` is stored plainly, as OpenDocument wants."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, body in entries.items():
            archive.writestr(name, body, zipfile.ZIP_STORED if name == "mimetype" else method)
    return made.getvalue()


def office(folder: str, *, before: Mapping[str, bytes] | None = None) -> bytes:
    """An Office Open XML package whose main part lies in `word`, `xl` or `ppt`, behind the entries `before`."""
    relations = {"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<Relationships/>"}
    return zipped({**(before or {}), **relations, f"{folder}/main.xml": b"<main/>"})


def open_document(kind: str) -> bytes:
    return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(), "content.xml": b"<x/>"})


def tar() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"))
    return made.getvalue()


def media_box(brand: bytes, compatible: bytes) -> bytes:
    """The `ftyp` box (ISO 14496-12 §4.3) that begins HEIC, MP4, MOV and M4A files."""
    return b"\0\0\0\x18ftyp" + brand + bytes(4) + compatible + bytes(64)


UNDRAWABLE = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xda\0\2" + bytes(2000) + b"\xff\xd9"
"""A JPEG that comes to its end and that no decoder can make a picture of."""

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
WEB_PAGE = b"<!DOCTYPE html><html><head><title>x</title></head><body onload=steal()></body></html>"
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'
WINDOWS_PROGRAM = b"MZ" + bytes(58) + b"\x80\0\0\0" + bytes(64) + b"PE\0\0d\x86" + bytes(200)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
RECORDING = b"ID3\x04\0\0\0\0\0\0" + bytes(64)
