"""Whether the first bytes contradict the declared type."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanning.content import HEAD_BYTES, contradiction, matches, sniff
from scanning.kinds import EXCEL, POWERPOINT, WORD, type_words
from tests.scanning import samples

OPEN_TEXT = "application/vnd.oasis.opendocument.text"

CONSISTENT = [
    ("image/jpeg", samples.picture("JPEG")),
    ("image/jpg", samples.picture("JPEG")),
    ("IMAGE/JPEG", samples.picture("JPEG")),
    ("image/png", samples.picture("PNG")),
    ("image/webp", samples.picture("WEBP")),
    ("image/gif", samples.picture("GIF")),
    ("image/tiff", samples.picture("TIFF")),
    ("image/avif", samples.picture("AVIF")),
    ("image/heic", samples.media_box(b"heic", b"mif1")),
    ("image/heif", samples.media_box(b"mif1", b"heic")),
    ("application/pdf", samples.PDF),
    (WORD, samples.office("word")),
    (EXCEL, samples.office("xl")),
    (POWERPOINT, samples.office("ppt")),
    (OPEN_TEXT, samples.open_document("text")),
    ("application/zip", samples.zipped({"a.txt": b"a"})),
    ("application/x-zip-compressed", samples.office("word")),
    ("application/x-tar", samples.tar()),
    ("application/msword", samples.OLD_OFFICE),
    ("application/vnd.ms-excel", samples.OLD_OFFICE),
    ("text/plain", b"Hello world.\n"),
    ("text/plain; charset=utf-8", "Grüße aus Köln, schön\n".encode()),
    ("text/plain", "Grüße\n".encode("latin-1")),
    ("text/plain", "Hallo Welt\n".encode("utf-16")),
    ("text/plain", ("ü" * HEAD_BYTES).encode()[1 : HEAD_BYTES + 1]),
    ("text/plain", b"#!/bin/sh\necho notes about a script\n"),
    ("text/plain", b"From: a\nTo: b\nSubject: c\n\nA saved message.\n"),
    ("text/csv", b"a,b\n1,2\n3,4\n"),
    ("text/csv", b"one column\nof words\n"),
    ("application/json", b'{"a": [' + b"1," * HEAD_BYTES),
    ("text/xml", b'<?xml version="1.0"?><a/>'),
    ("text/markdown", b"# Title\n\n* a\n"),
    ("image/svg+xml", samples.SVG),
    ("video/mp4", samples.media_box(b"mp42", b"isom")),
    ("video/quicktime", samples.media_box(b"qt  ", b"qt  ")),
    ("audio/mp4", samples.media_box(b"M4A ", b"isom")),
    ("audio/mpeg", samples.RECORDING),
    ("application/octet-stream", samples.WINDOWS_PROGRAM),
    ("application/vnd.example.simulation", random.Random(1).randbytes(3000)),
]

CONTRADICTORY = [
    ("image/jpeg", samples.picture("PNG"), "a PNG picture"),
    ("image/jpeg", samples.PDF, "a PDF"),
    ("image/jpeg", samples.WINDOWS_PROGRAM, "a program for Windows"),
    ("image/jpeg", b"just words", "plain text"),
    ("image/png", samples.SVG, "an SVG drawing"),
    ("image/png", random.Random(2).randbytes(3000), "an unknown kind of file"),
    ("image/heic", samples.media_box(b"mp42", b"isom"), "an MP4 video"),
    ("application/pdf", b"plain words", "plain text"),
    ("application/pdf", samples.WEB_PAGE, "a web page"),
    ("application/pdf", samples.picture("JPEG"), "a JPG photo"),
    (WORD, samples.office("xl"), "an Excel sheet"),
    (WORD, samples.zipped({"a.txt": b"a"}), "a ZIP archive"),
    (WORD, samples.OLD_OFFICE, "a file of the type: application/cdfv2"),
    (EXCEL, b"a,b\n1,2\n3,4\n", "a CSV table"),
    ("application/zip", b"words", "plain text"),
    ("text/plain", samples.WEB_PAGE, "a web page"),
    ("text/csv", samples.WEB_PAGE, "a web page"),
    ("text/plain", samples.SVG, "an SVG drawing"),
    ("text/plain", b"%PDF-1.4\nall in ASCII\n", "a PDF"),
    ("text/plain", b"GIF89a=1;//", "a GIF picture"),
    ("text/plain", b"abc\0\1\2\3def", "an unknown kind of file"),
    ("text/csv", samples.office("xl"), "an Excel sheet"),
    ("text/plain", samples.WINDOWS_PROGRAM, "a program for Windows"),
    ("application/vnd.example.simulation", samples.WINDOWS_PROGRAM, "a program for Windows"),
    ("application/vnd.example.simulation", samples.WEB_PAGE, "a web page"),
    ("video/mp4", samples.picture("JPEG"), "a JPG photo"),
    ("audio/mpeg", samples.WEB_PAGE, "a web page"),
    ("image/jpeg", b"", "an empty file"),
]


@pytest.mark.parametrize(("declared", "head"), CONSISTENT)
def test_a_file_that_is_what_it_says_is_accepted(declared: str, head: bytes) -> None:
    assert contradiction(declared, head) is None
    assert matches(declared, head)


@pytest.mark.parametrize(("declared", "head", "seems"), CONTRADICTORY)
def test_a_file_that_is_something_else_is_named_in_words(declared: str, head: bytes, seems: str) -> None:
    assert contradiction(declared, head) == seems
    assert not matches(declared, head)


PHOTO, GIF = samples.picture("JPEG"), samples.picture("GIF")
POLYGLOTS = [
    ("image/gif", b"GIF89a/*" + samples.WEB_PAGE + b"*/=1", "a web page"),
    ("image/gif", GIF + b"<ScRiPt\n>alert(1)</script>", "a web page"),
    ("image/gif", GIF + b'<svg onload="x()">', "a web page"),
    ("image/jpeg", PHOTO[:20] + b"<img src=x onerror = steal()>" + PHOTO[20:], "a web page"),
    ("image/jpeg", PHOTO[:20] + b"<?php system($_GET[0]); ?>" + PHOTO[20:], "a script"),
    ("image/png", samples.picture("PNG") + b"#!/bin/sh\nrm\n", "a script"),
    ("image/jpeg", PHOTO[:20] + b"%PDF-1.4" + PHOTO[20:], "a PDF"),
    (
        "image/svg+xml",
        samples.SVG.replace(b"<rect", b"<script>x()</script><rect"),
        "an SVG drawing with a script in it",
    ),
    (
        "image/svg+xml",
        samples.SVG.replace(b"<rect", b"<rect onclick='x()'"),
        "an SVG drawing with a script in it",
    ),
    (
        "image/svg+xml",
        samples.SVG.replace(b"<rect", b"<foreignObject/><rect"),
        "an SVG drawing with a script in it",
    ),
]


@pytest.mark.parametrize(("declared", "head", "seems"), POLYGLOTS)
def test_a_picture_that_is_also_something_that_runs_is_refused(declared: str, head: bytes, seems: str) -> None:
    """Attack 43 and 44: libmagic and filetype call each of these a picture."""
    assert contradiction(declared, head) == seems


def test_a_word_file_whose_photo_comes_first_is_still_a_word_file() -> None:
    large = random.Random(3).randbytes(200_000)
    body = samples.office("word", before={"word/media/photo.jpg": large})
    assert contradiction(WORD, body[:HEAD_BYTES]) is None
    assert contradiction(EXCEL, body[:HEAD_BYTES]) is not None


def test_what_is_declared_beyond_the_first_bytes_does_not_change_the_answer() -> None:
    body = PHOTO + bytes(HEAD_BYTES) + b"<script>"
    assert contradiction("image/jpeg", body) == contradiction("image/jpeg", body[:HEAD_BYTES]) is None


@given(
    st.binary(max_size=2000),
    st.sampled_from(["image/jpeg", "text/plain", WORD, "application/x-foo", "", "/", "a;b"]),
)
def test_any_bytes_get_an_answer(head: bytes, declared: str) -> None:
    assert sniff(head)
    assert contradiction(declared, head) is None or contradiction(declared, head)


def test_types_have_words_for_people() -> None:
    assert type_words("image/jpg") == "a JPG photo"
    assert type_words("text/plain; charset=utf-8") == "plain text"
    assert type_words("application/x-foo") == "a file of the type: application/x-foo"
    assert type_words("") == "an unknown kind of file"
