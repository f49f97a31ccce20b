"""Files with what must become of each: what is dangerous is refused or held, what is ordinary is let in."""

import bz2
import gzip
import hashlib
import lzma

from scanning.kinds import EXCEL, POWERPOINT, WORD
from tests.scanning import samples
from tests.scanning.making import (
    CARDS,
    KEY,
    OLE,
    Case,
    bomb,
    encrypted_zip,
    huge_png,
    lying_bomb,
    many,
    nested,
    open_text,
    overlapping,
    pdf,
    sheet,
    split_card,
    svg,
    tar_of,
    word,
)
from tests.scanning.scanners import EICAR

INFECTED = "FILE_INFECTED"
UNSAFE = "FILE_ARCHIVE_UNSAFE"
TOO_LARGE = "PICTURE_TOO_LARGE"
MISMATCH = "FILE_CONTENT_MISMATCH"
LOCKED = "FILE_ENCRYPTED"
PROGRAM = "FILE_HAS_MACROS"
PERSONAL = "FILE_HAS_PERSONAL_DATA"
SECRETS = "FILE_HAS_SECRETS"
MISLEADS = "FILE_NAME_MISLEADS"
DAMAGED = "FILE_DAMAGED"
EMPTY = "FILE_EMPTY"
JPG, PNG_TYPE, GIF_TYPE, SVG = "image/jpeg", "image/png", "image/gif", "image/svg+xml"
PDF, TEXT, CSV, OLD_WORD = "application/pdf", "text/plain", "text/csv", "application/msword"
ZIPPED, GZ, ODT = "application/zip", "application/gzip", "application/vnd.oasis.opendocument.text"
JPEG = samples.picture("JPEG", (300, 200))
PNG = samples.picture("PNG", (120, 80))
GIF = samples.picture("GIF", (60, 40))
C = Case
BILL = "Invoice 2041-77, 1,234.50 EUR, IBAN DE89 3704 0044 0532 0130 00, tel +49 30 1234567, mail@acme.example"

EVIL = (
    C("EICAR plain", lambda: EICAR, TEXT, INFECTED, "a.txt"),
    C("EICAR in a ZIP", lambda: samples.zipped({"a.com": EICAR}), ZIPPED, INFECTED),
    C("EICAR in a ZIP in a ZIP", lambda: nested(EICAR, 2), ZIPPED, INFECTED),
    C("EICAR in a Word document", lambda: word("hi", extra={"word/media/a.bin": EICAR}), WORD, INFECTED),
    C("EICAR in a TAR.GZ", lambda: tar_of({"a": EICAR}, "w:gz"), GZ, INFECTED),
    C("EICAR in GZIP", lambda: gzip.compress(EICAR), GZ, INFECTED),
    C("EICAR called a photo", lambda: EICAR, JPG, MISMATCH),
    C("ZIP bomb", bomb, ZIPPED, UNSAFE),
    C("ZIP bomb that lies about its size", lying_bomb, ZIPPED, UNSAFE),
    C("bomb in a ZIP", lambda: nested(bomb(), 1), ZIPPED, UNSAFE),
    C("GZIP bomb", lambda: gzip.compress(bytes(60_000_000), 9), GZ, UNSAFE),
    C("XZ bomb", lambda: lzma.compress(bytes(60_000_000), preset=0), "application/x-xz", UNSAFE),
    C("BZIP2 bomb", lambda: bz2.compress(bytes(60_000_000)), "application/x-bzip2", UNSAFE),
    C("ZIP with 100,000 entries", lambda: many(100_000), ZIPPED, UNSAFE),
    C("ZIP with 10,001 entries", lambda: many(10_001), ZIPPED, UNSAFE),
    C("ZIP five deep", lambda: nested(b"x", 5), ZIPPED, UNSAFE),
    C("ZIP whose files lie over each other", overlapping, ZIPPED, UNSAFE),
    C("ZIP that leads outside", lambda: samples.zipped({"../../etc/cron.d/a": b"x"}), ZIPPED, UNSAFE),
    C("TAR that leads outside", lambda: tar_of({"../a": b"x"}), "application/x-tar", UNSAFE),
    C("ZIP cut off", lambda: samples.zipped({"a": JPEG, "b": JPEG})[:-40], ZIPPED, UNSAFE),
    C("bomb as a Word document", lambda: word(extra={"word/a": bytes(60_000_000)}), WORD, UNSAFE),
    C("GIF that is a web page", lambda: GIF[:13] + b"<script>alert(1)</script>" + GIF[13:], GIF_TYPE, MISMATCH),
    C("GIF with a page behind it", lambda: GIF + bytes(100_000) + b"<html><body>", GIF_TYPE, MISMATCH),
    C("JPEG with PHP in it", lambda: JPEG[:20] + b"<?php system($_GET[0]);" + JPEG[20:], JPG, MISMATCH),
    C("PNG with a ZIP behind it", lambda: PNG + samples.zipped({"a": b"b"}), PNG_TYPE, MISMATCH),
    C("JPEG with a RAR behind it", lambda: JPEG + b"Rar!\x1a\x07\x01\x00" + bytes(64), JPG, MISMATCH),
    C("JPEG that is a PDF too", lambda: JPEG[:2] + b"\xff\xfe\x00\x0b%PDF-1.7\n" + JPEG[2:], JPG, MISMATCH),
    C("web page called a photo", lambda: samples.WEB_PAGE, JPG, MISMATCH),
    C("web page called a text", lambda: samples.WEB_PAGE, TEXT, MISMATCH),
    C("Windows program called a PDF", lambda: samples.WINDOWS_PROGRAM, PDF, MISMATCH),
    C("SVG with a script", lambda: svg("<script>x()</script>"), SVG, MISMATCH),
    C("SVG with a handler", lambda: svg('<rect onload="x()"/>'), SVG, MISMATCH),
    C("SVG with a spelled-out address", lambda: svg('<a href="&#106;avascript:x()"/>'), SVG, MISMATCH),
    C("SVG with a script behind a comment", lambda: b"<!-- x -->" + svg("<script>x()</script>")[22:], SVG, MISMATCH),
    C("SVG with an entity", lambda: b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]>' + svg("")[21:],
      SVG, MISMATCH),
    C("SVG with a foreign page", lambda: svg("<foreignObject><p/></foreignObject>"), SVG, MISMATCH),
    C("PNG of 30,000 by 30,000", lambda: huge_png(30_000, 30_000), PNG_TYPE, TOO_LARGE),
    C("JPEG cut off", lambda: JPEG[: len(JPEG) // 2], JPG, DAMAGED),
    C("PNG cut off", lambda: PNG[:-30], PNG_TYPE, DAMAGED),
    C("empty file", lambda: b"", TEXT, EMPTY),
    C("two endings", lambda: JPEG, JPG, MISLEADS, "invoice.pdf.exe"),
    C("name turned around", lambda: JPEG, JPG, MISLEADS, "photo\u202egpj.exe"),
    C("ending behind spaces", lambda: JPEG, JPG, MISLEADS, "a.jpg" + " " * 40 + ".html"),
    C("PDF that starts a program", lambda: samples.PDF + b"<< /S /Launch /F (cmd.exe) >>", PDF, INFECTED),
    C("text with a web shell", lambda: b"<?php eval($_POST['a']); ?>\n", "application/octet-stream", INFECTED),
    C("hidden PowerShell", lambda: b"powershell.exe -nop -w hidden -enc " + b"QQBCAEMA" * 10, TEXT, INFECTED),
    C("Windows shortcut", lambda: bytes.fromhex("4c0000000114020000000000c000000000000046") + bytes(100),
      "application/octet-stream", INFECTED),
    C("RTF that pulls in an object", lambda: b"{\\rtf1{\\object\\objautlink\\objupdate}}", "application/rtf", INFECTED),
    C("encrypted ZIP", encrypted_zip, ZIPPED, LOCKED),
    C("encrypted ZIP in a ZIP", lambda: nested(encrypted_zip(), 1), ZIPPED, LOCKED),
    C("encrypted PDF", lambda: pdf("secret", password="a"), PDF, LOCKED),
    C("encrypted Word document", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), OLD_WORD, LOCKED),
    C("Word document with macros", lambda: word("hi", extra={"word/vbaProject.bin": b"x"}), WORD, PROGRAM),
    C("old document with macros", lambda: OLE + "_VBA_PROJECT".encode("utf-16-le"), OLD_WORD, PROGRAM),
    C("ZIP with a program", lambda: samples.zipped({"invoice.exe": samples.WINDOWS_PROGRAM}), ZIPPED, PROGRAM),
    C("PDF with a script", lambda: pdf("hi", script="app.alert(1)"), PDF, PROGRAM),
    C("cards in a text", CARDS.encode, TEXT, PERSONAL),
    C("cards in a PDF", lambda: pdf(CARDS), PDF, PERSONAL),
    C("cards in a Word document", lambda: word("Hello", CARDS), WORD, PERSONAL),
    C("a card in three runs", split_card, WORD, PERSONAL),
    C("cards in a sheet", lambda: sheet("Card", "4111111111111111"), EXCEL, PERSONAL),
    C("cards in OpenDocument", lambda: open_text(CARDS), ODT, PERSONAL),
    C("cards in a table in a ZIP", lambda: samples.zipped({"a.csv": CARDS.encode()}), ZIPPED, PERSONAL),
    C("a card behind a word", lambda: b"Visa4111111111111111 Name", TEXT, PERSONAL),
    C("cards in UTF-16", lambda: CARDS.encode("utf-16"), TEXT, PERSONAL),
    C("an Italian tax code", lambda: b"Mario Rossi RSSMRA85T10A562S\n", TEXT, PERSONAL),
    C("a social security number", lambda: b"SSN: 536-90-4399\n", TEXT, PERSONAL),
    C("a list of customers", lambda: "\n".join(f"p{n}@customers.example" for n in range(40)).encode(), CSV, PERSONAL),
    C("a private key", KEY.encode, TEXT, SECRETS),
    C("an AWS key in JSON", lambda: b'{"key": "AKIAQ7ZT5WJXN4GPM2LK"}', "application/json", SECRETS),
    C("a password in a table", lambda: b"user,password=Tr0ub4dor&3x9\n", CSV, SECRETS),
)  # fmt: skip

ORDINARY = (
    C("a photo", lambda: JPEG, JPG, "", "IMG_2041.JPG"),
    C("a progressive photo", lambda: samples.picture("JPEG", (800, 600), progressive=True), JPG, "", "a.jpg"),
    C("a drawing of points", lambda: PNG, PNG_TYPE, "", "logo.v2.png"),
    C("a moving picture", lambda: GIF, GIF_TYPE, "", "wave.gif"),
    C("a WebP", lambda: samples.picture("WEBP"), "image/webp", "", "a.webp"),
    C("a lossless WebP", lambda: samples.picture("WEBP", lossless=True), "image/webp", "", "b.webp"),
    C("a BMP", lambda: samples.picture("BMP"), "image/bmp", "", "a.bmp"),
    C("a TIFF", lambda: samples.picture("TIFF"), "image/tiff", "", "scan.tiff"),
    C("an SVG", lambda: samples.SVG, SVG, "", "a.svg"),
    C("an SVG with a link", lambda: svg('<a href="https://a.example/?a=1&amp;b=2"><text>go</text></a>'),
      SVG, "", "b.svg"),
    C("an SVG behind a comment", lambda: b"<!-- a licence -->\n" + samples.SVG[22:], SVG, "", "c.svg"),
    C("a bare PDF", lambda: pdf("Hello"), PDF, "", "letter.pdf"),
    C("an invoice", lambda: pdf(BILL), PDF, "", "Invoice 2041.pdf"),
    C("a letter in Word", lambda: word("Dear Ms Miller,", "thank you for 2 September 2026."), WORD, "", "letter.docx"),
    C("a report with a picture", lambda: word("See below", extra={"word/media/image1.jpeg": JPEG}),
      WORD, "", "report.docx"),
    C("a report with a sheet in it", lambda: word("x", extra={"word/embeddings/Sheet1.xlsx": sheet("1", "2")}),
      WORD, "", "q3.docx"),
    C("a sheet", lambda: sheet("Name", "Amount", "1234567890123456", "99.95"), EXCEL, "", "costs.xlsx"),
    C("slides", lambda: samples.office("ppt"), POWERPOINT, "", "talk.pptx"),
    C("OpenDocument text", lambda: open_text("Minutes of 3 May"), ODT, "", "minutes.odt"),
    C("an old Word document", lambda: OLE, OLD_WORD, "", "old.doc"),
    C("a text", lambda: b"Shopping: milk, bread, 12 eggs.\n" * 40, TEXT, "", "list.txt"),
    C("a long text", lambda: "Ein Satz über nichts. ".encode() * 50_000, TEXT, "", "buch.txt"),
    C("Markdown about code", lambda: b"# How\n\n```sh\nexport PASSWORD=$SECRET\ncurl https://a.example\n```\n",
      "text/markdown", "", "README.md"),
    C("a table", lambda: b"id,name,amount\n" + b"".join(b"%d,Item %d,%d.50\n" % (n, n, n) for n in range(5000)),
      CSV, "", "a.csv"),
    C("a table of orders", lambda: b"".join(b"%016d;2026-01-02\n" % (10**15 + n * 7919) for n in range(2000)),
      CSV, "", "orders.csv"),
    C("a table of times", lambda: b"".join(b"%d,1.5\n" % (1_700_000_000_000_000 + n) for n in range(2000)),
      CSV, "", "log.csv"),
    C("JSON", lambda: b'{"items": [1, 2, 3], "note": "ok"}', "application/json", "", "a.json"),
    C("JSON with ids", lambda: b'{"id": "01a20ac9-d96c-71f8-ae37-12234575eca6", "sha": "%s"}' % (b"0a1b" * 16),
      "application/json", "", "b.json"),
    C("a list of fingerprints", lambda: b"".join(hashlib.sha256(b"%d" % n).hexdigest().encode() + b"  %d.jpg\n" % n
      for n in range(20_000)), TEXT, "", "SHA256SUMS.txt"),
    C("XML", lambda: b'<?xml version="1.0"?><orders><order n="1"/></orders>', "application/xml", "", "a.xml"),
    C("a ZIP of photos", lambda: samples.zipped({"a.jpg": JPEG, "b.jpg": JPEG}), ZIPPED, "", "photos.zip"),
    C("a ZIP in a ZIP", lambda: nested(b"hello", 2), ZIPPED, "", "backup.zip"),
    C("a ZIP of 5,000 files", lambda: many(5000), ZIPPED, "", "many.zip"),
    C("a ZIP of a well-packed log", lambda: samples.zipped({"a.log": b"GET / 200 12ms\n" * 50_000}),
      ZIPPED, "", "logs.zip"),
    C("a web project", lambda: samples.zipped({"index.html": samples.WEB_PAGE, "app.js": b"let a = 1"}),
      ZIPPED, "", "site.zip"),
    C("a TAR.GZ", lambda: tar_of({"a/b.txt": b"hello"}, "w:gz"), GZ, "", "a.tar.gz"),
    C("a GZIP log", lambda: gzip.compress(b"line\n" * 10_000), GZ, "", "a.log.gz"),
    C("a recording", lambda: samples.RECORDING, "audio/mpeg", "", "a.mp3"),
    C("a video", lambda: samples.media_box(b"isom", b"mp41"), "video/mp4", "", "a.mp4"),
    C("a HEIC photo", lambda: samples.media_box(b"heic", b"mif1"), "image/heic", "", "IMG_1.HEIC"),
    C("addresses of a team", lambda: b"".join(b"p%d@acme.example +49 30 555000%02d\n" % (n, n) for n in range(12)),
      TEXT, "", "team.txt"),
    C("a name in Arabic", lambda: JPEG, JPG, "", "صورة.jpg"),
)  # fmt: skip
