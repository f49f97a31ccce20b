"""A file of each type that the cards speak of, under the words that they use for it."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from scanning.kinds import EXCEL, POWERPOINT, WORD
from tests.media import photographs
from tests.scanning import making, samples
from tests.scanning.scanners import EICAR

_OPEN = "application/vnd.oasis.opendocument."


@dataclass(frozen=True)
class Specimen:
    """One type: its media type, the ending of its names, and a real file that carries the text given."""

    media_type: str
    ending: str
    make: Callable[[bytes], bytes]

    @property
    def body(self) -> bytes:
        return self.make(b"")

    @property
    def infected(self) -> bytes:
        """The same with the scanners' harmless test string in it."""
        return self.make(EICAR)

    def named(self, stem: str) -> str:
        return stem + self.ending


def _picture(kind: str) -> Callable[[bytes], bytes]:
    return lambda text: samples.picture(kind, (64, 48)) + text


def _archive(body: bytes, inside: str) -> Callable[[bytes], bytes]:
    """A package that holds what is to be carried as one more of its files."""

    def make(text: bytes) -> bytes:
        whole = io.BytesIO(body)
        if text:
            with zipfile.ZipFile(whole, "a") as archive:
                archive.writestr(inside, text)
        return whole.getvalue()

    return make


def _plain(beginning: bytes) -> Callable[[bytes], bytes]:
    return lambda text: beginning + text


JPG = Specimen("image/jpeg", ".jpg", lambda text: photographs.jpeg() + text)
PNG = Specimen("image/png", ".png", _picture("PNG"))
WEBP = Specimen("image/webp", ".webp", _picture("WEBP"))
GIF = Specimen("image/gif", ".gif", _picture("GIF"))
HEIC = Specimen("image/heic", ".heic", _plain(samples.media_box(b"heic", b"mif1heic")))
PDF = Specimen("application/pdf", ".pdf", lambda text: making.pdf("Invoice 2041, Miller") + text)
TEXT = Specimen("text/plain", ".txt", _plain(b"Hello. "))
CSV = Specimen("text/csv", ".csv", _plain(b"name,amount\nMiller,2041\n"))
ZIP = Specimen("application/zip", ".zip", _archive(samples.zipped({"a.txt": b"hello"}), "b.txt"))
DOCX = Specimen(WORD, ".docx", _archive(making.word("Hello"), "word/media/a.bin"))
XLSX = Specimen(EXCEL, ".xlsx", _archive(making.sheet("Miller"), "xl/media/a.bin"))
PPTX = Specimen(POWERPOINT, ".pptx", _archive(samples.office("ppt"), "ppt/media/a.bin"))
ODT = Specimen(_OPEN + "text", ".odt", _archive(making.open_text("Hello"), "Pictures/a.bin"))
ODS = Specimen(_OPEN + "spreadsheet", ".ods", _archive(samples.open_document("spreadsheet"), "Pictures/a.bin"))
ODP = Specimen(_OPEN + "presentation", ".odp", _archive(samples.open_document("presentation"), "Pictures/a.bin"))

MEANT: dict[str, tuple[Specimen, ...]] = {
    "OpenDocument text": (ODT,),
    "OpenDocument": (ODT, ODS, ODP),
    "JPG": (JPG,),
    "PNG": (PNG,),
    "WEBP": (WEBP,),
    "GIF": (GIF,),
    "HEIC": (HEIC,),
    "PDF": (PDF,),
    "Word": (DOCX,),
    "Excel": (XLSX,),
    "PowerPoint": (PPTX,),
    "CSV": (CSV,),
    "ZIP": (ZIP,),
    "text": (TEXT,),
}
"""What a person who reads the word expects to be taken. Longer words first."""

_BESIDE = {"a", "or", "of", "one", "file", "photo", "picture", "table", "invoice", "receipt"}
EVERY = tuple(dict.fromkeys(specimen for meant in MEANT.values() for specimen in meant))


def named_in(words: str) -> list[Specimen]:
    """The types that a sentence names. Raises AssertionError for a word that nobody has said the meaning of."""
    found: list[Specimen] = []
    for name, meant in MEANT.items():
        if name in words.replace(",", " "):
            words = words.replace(name, " ")
            found += meant
    unknown = set(words.replace(",", " ").split()) - _BESIDE
    assert not unknown, f"What type of file is meant by {unknown}?"
    return list(dict.fromkeys(found))
