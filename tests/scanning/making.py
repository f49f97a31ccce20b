"""Making files of every kind, dangerous ones among them. No malware: the industry's test file alone."""

import functools
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

from kernel.errors import CATALOGUE
from tests.scanning import samples
from tests.scanning.sources import BytesSource

OLE = samples.OLD_OFFICE
CARDS = "Visa 4111 1111 1111 1111, Master 5555-5555-5555-4444"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gun\n"


@dataclass(frozen=True)
class Case:
    """One file; `code` is the problem's, empty for a file that is fine."""

    label: str
    make: Callable[[], bytes]
    content_type: str
    code: str = ""
    name: str = "file"

    @property
    def outcome(self) -> str:
        """What must become of it: a problem that waits for somebody is a hold."""
        return ("held" if CATALOGUE[self.code].status == 409 else "rejected") if self.code else "clean"

    def source(self) -> BytesSource:
        return BytesSource(self.make(), self.content_type, self.name, 65_536)


def pdf(text: str = "", *, password: str = "", script: str = "") -> bytes:
    """A PDF of one page with this text on it."""
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    if text:
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        content = DecodedStreamObject()
        content.set_data(b"BT /F1 12 Tf 10 200 Td (" + text.encode("latin-1") + b") Tj ET")
        page[NameObject("/Contents")] = writer._add_object(content.flate_encode())
    if script:
        action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(script)}
        writer._root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def word(*paragraphs: str, extra: dict[str, bytes] | None = None) -> bytes:
    runs = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    body = f'<?xml version="1.0"?><w:document><w:body>{runs}</w:body></w:document>'.encode()
    return samples.zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": body, **(extra or {})})


def sheet(*cells: str) -> bytes:
    shared = "".join(f"<si><t>{cell}</t></si>" for cell in cells)
    body = f'<?xml version="1.0"?><sst>{shared}</sst>'.encode()
    return samples.zipped(
        {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<x/>", "xl/sharedStrings.xml": body}
    )


def open_text(text: str) -> bytes:
    content = f'<?xml version="1.0"?><office:text><text:p>{text}</text:p></office:text>'.encode()
    return samples.zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content})


def split_card() -> bytes:
    """A number whose digits lie in three runs, as word processors leave them after an edit."""
    runs = "".join(f"<w:r><w:t>{part}</w:t></w:r>" for part in ("4111 1111 ", "1111", " 1111"))
    body = f'<?xml version="1.0"?><w:document><w:p>{runs}</w:p></w:document>'.encode()
    return samples.zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": body})


@functools.cache
def bomb(megabytes: int = 60) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive, archive.open("a", "w") as inside:
        for _ in range(megabytes):
            inside.write(bytes(1_000_000))
    return made.getvalue()


def nested(body: bytes, depth: int, name: str = "a.zip") -> bytes:
    for _ in range(depth):
        body = samples.zipped({name: body})
    return body


def many(count: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for number in range(count):
            archive.writestr(zipfile.ZipInfo(str(number)), b"")
    return made.getvalue()


def lying_bomb() -> bytes:
    """A ZIP whose directory says that its one file is small (APPNOTE 4.4.9)."""
    honest = bomb()
    at = honest.rfind(b"PK\x01\x02")
    return honest[: at + 24] + struct.pack("<I", 1000) + honest[at + 28 :]


def overlapping() -> bytes:
    """A ZIP whose directory names one stretch of bytes twice, which is how a small one becomes endless."""
    honest = samples.zipped({"a": bytes(5000)})
    end = honest.rfind(b"PK\x05\x06")
    at = honest.rfind(b"PK\x01\x02")
    entry = honest[at:end]
    twice = entry + entry[:-1] + b"b"
    tail = bytearray(honest[end:])
    tail[8:12] = struct.pack("<HH", 2, 2)
    tail[12:16] = struct.pack("<I", len(twice))
    return honest[:at] + twice + bytes(tail)


def encrypted_zip() -> bytes:
    """A ZIP whose entry says that it is encrypted, in both of its headers (APPNOTE 4.4.4)."""
    made = bytearray(samples.zipped({"secret.txt": b"nothing"}, zipfile.ZIP_STORED))
    made[6] |= 1
    made[made.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


def tar_of(entries: dict[str, bytes], mode: str = "w") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as archive:  # type: ignore[call-overload]
        for name, body in entries.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    return made.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A valid PNG of black points whose packed rows are made without holding them."""
    packer, row = zlib.compressobj(9), bytes(width // 8 + 1)
    rows = b"".join(packer.compress(row * 500) for _ in range(height // 500)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(samples._png_chunk, parts))


def huge_heic(width: int, height: int) -> bytes:
    """The boxes of a HEIC that say how large its picture is, and no more."""
    extent = b"ispe" + bytes(4) + struct.pack(">II", width, height)
    meta = b"meta" + bytes(4) + struct.pack(">I", len(extent) + 4) + extent
    beginning = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    return beginning + struct.pack(">I", len(meta) + 4) + meta + struct.pack(">I", 108) + b"mdat" + bytes(100)


def locked_open_text() -> bytes:
    """An OpenDocument text with a password: its parts are random, its manifest says how, no entry is flagged."""
    manifest = (
        b'<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'
    )
    kind, body = b"application/vnd.oasis.opendocument.text", b"\x8a\x01\xf3\x77" * 200
    return samples.zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": body})


def old_office(text: bytes) -> bytes:
    return OLE + bytes(512) + text + bytes(512)


def svg(inside: str) -> bytes:
    return f'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'.encode()
