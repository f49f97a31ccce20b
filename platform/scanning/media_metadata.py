"""Taking out of a picture what it says of its maker, its camera and its place, without touching a pixel.

JPEG (ITU-T T.81), PNG (third edition), WebP (RFC 9649) and GIF (89a) are chains of blocks: those that carry notes are
left out, and whatever stands behind the end. What stays: pixels, the colour profile, and which way is up. Pure, and
used in the child process alone: it reads what strangers made.
"""

import struct
from collections.abc import Iterator

_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_STANDALONE = {0x01, *range(0xD0, 0xD8)}
_APPLICATION = range(0xE0, 0xF0)
_COMMENT = 0xFE
_EXIF = b"Exif\x00\x00"
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_NOTES = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
_WEBP_NOTES = {b"EXIF": 0x08, b"XMP ": 0x04}
_ORIENTATION_TAG = 0x0112
_MOST_ENTRIES = 512
_GIF_EXTENSION, _GIF_PICTURE, _GIF_END = 0x21, 0x2C, 0x3B
_GIF_LOOPS = {b"NETSCAPE2.0", b"ANIMEXTS1.0"}


def stripped(picture: bytes) -> bytes:
    """The picture without its notes. Raises ValueError for a format that isn't known here or a broken chain."""
    if picture.startswith(b"\xff\xd8"):
        return b"\xff\xd8" + b"".join(_jpeg(picture))
    if picture.startswith(_PNG_SIGNATURE):
        return _PNG_SIGNATURE + b"".join(_png(picture))
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return _webp(picture)
    if picture[:6] in {b"GIF87a", b"GIF89a"}:
        return b"".join(_gif(picture))
    raise ValueError("This format is not known.")


def _jpeg(picture: bytes) -> Iterator[bytes]:
    """The segments that stay, an orientation ahead of them where there was one; nothing behind the end marker."""
    kept, turned = [], 1
    for marker, segment, payload in _segments(picture):
        if marker == 0xE1 and payload.startswith(_EXIF):
            turned = _orientation(payload[len(_EXIF) :])
        if marker in _APPLICATION or marker == _COMMENT:
            is_needed = marker == 0xE0 or (marker == 0xE2 and payload.startswith(b"ICC_PROFILE\x00")) or marker == 0xEE
            if not is_needed:
                continue
        kept.append(segment)
    first = 1 if kept and kept[0][1] == 0xE0 else 0
    yield from kept[:first]
    if turned != 1:
        notes = _EXIF + _only_orientation(turned)
        yield b"\xff\xe1" + struct.pack(">H", len(notes) + 2) + notes
    yield from kept[first:]


def _segments(picture: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, whole segment and payload of each; a scan's coded data belong to its segment (T.81 B.1.1)."""
    position = 2
    while True:
        start = position
        if picture[position : position + 1] != b"\xff":
            raise ValueError("A marker is missing.")
        while picture[position : position + 1] == b"\xff":
            position += 1
        marker = _byte(picture, position)
        position += 1
        if marker == _END_OF_IMAGE:
            yield marker, b"\xff\xd9", b""
            return
        if marker in _STANDALONE:
            yield marker, bytes((0xFF, marker)), b""
            continue
        length = int.from_bytes(_exactly(picture, position, 2), "big")
        payload = _exactly(picture, position + 2, length - 2)
        position += length
        if marker == _START_OF_SCAN:
            position = _after_scan(picture, position)
        yield marker, b"\xff" + picture[start:position].lstrip(b"\xff"), payload


def _after_scan(picture: bytes, position: int) -> int:
    """Where the coded data end: at the first marker that is neither stuffing nor a restart."""
    while True:
        position = picture.find(b"\xff", position)
        if position < 0:
            raise ValueError("The picture has no end.")
        following = _byte(picture, position + 1)
        if following not in {0x00, 0xFF, *range(0xD0, 0xD8)}:
            return position
        position += 1 if following == 0xFF else 2


def _orientation(tiff: bytes) -> int:
    """Which way is up (Exif 2.32 §4.6.4 A); 1 where that isn't said or isn't readable."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2], "")
    if not order or len(tiff) < 10:
        return 1
    first = int(struct.unpack(f"{order}I", tiff[4:8])[0])
    if first + 2 > len(tiff):
        return 1
    count = min(int(struct.unpack(f"{order}H", tiff[first : first + 2])[0]), _MOST_ENTRIES)
    for number in range(count):
        entry = tiff[first + 2 + 12 * number :][:12]
        if len(entry) == 12 and struct.unpack(f"{order}H", entry[:2])[0] == _ORIENTATION_TAG:
            turned = int(struct.unpack(f"{order}H", entry[8:10])[0])
            return turned if turned in range(1, 9) else 1
    return 1


def _only_orientation(turned: int) -> bytes:
    """A TIFF with this one entry."""
    return b"MM\x00\x2a" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION_TAG, 3, 1, turned, 0, 0)


def _png(picture: bytes) -> Iterator[bytes]:
    position, turned, is_header = len(_PNG_SIGNATURE), 1, True
    for chunk in _png_chunks(picture, position):
        if chunk[4:8] == b"eXIf":
            turned = _orientation(chunk[8:-4])
    for chunk in _png_chunks(picture, position):
        if chunk[4:8] not in _PNG_NOTES:
            yield chunk
        if is_header and turned != 1:
            yield _png_chunk(b"eXIf", _only_orientation(turned))
        is_header = False


def _png_chunks(picture: bytes, position: int) -> Iterator[bytes]:
    while True:
        length = int.from_bytes(_exactly(picture, position, 4), "big")
        chunk = _exactly(picture, position, length + 12)
        yield chunk
        if chunk[4:8] == b"IEND":
            return
        position += length + 12


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    from zlib import crc32  # noqa: PLC0415 - rarely needed

    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc32(kind + body))


def _webp(picture: bytes) -> bytes:
    """RFC 9649 §2.7: the extended header's flags say which notes follow, so they change with them."""
    end = 8 + int.from_bytes(picture[4:8], "little")
    kept, turned, position = [], 1, 12
    while position + 8 <= min(end, len(picture)):
        kind, length = picture[position : position + 4], int.from_bytes(picture[position + 4 : position + 8], "little")
        chunk = _exactly(picture, position, 8 + length) + b"\x00" * (length % 2)
        if kind == b"EXIF":
            turned = _orientation(chunk[8:].removeprefix(_EXIF))
        if kind not in _WEBP_NOTES:
            kept.append(chunk)
        position += 8 + length + length % 2
    if not kept:
        raise ValueError("The picture has no parts.")
    if kept[0][:4] == b"VP8X":
        flags = kept[0][8] & ~sum(_WEBP_NOTES.values()) | (_WEBP_NOTES[b"EXIF"] if turned != 1 else 0)
        kept[0] = kept[0][:8] + bytes((flags,)) + kept[0][9:]
        if turned != 1:
            notes = _only_orientation(turned)
            kept.append(b"EXIF" + struct.pack("<I", len(notes)) + notes + b"\x00" * (len(notes) % 2))
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _gif(picture: bytes) -> Iterator[bytes]:
    """Comments and applications' blocks go, but for the one that says how often an animation repeats."""
    flags = _byte(picture, 10)
    position = 13 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
    yield _exactly(picture, 0, position)
    while (kind := _byte(picture, position)) != _GIF_END:
        start = position
        if kind == _GIF_PICTURE:
            flags = _byte(picture, position + 9)
            position += 11 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
        elif kind == _GIF_EXTENSION:
            position += 2
        else:
            raise ValueError("A block is of no known kind.")
        position = _after_blocks(picture, position)
        block = picture[start:position]
        is_note = kind == _GIF_EXTENSION and (
            block[1] in {0xFE, 0x01} or (block[1] == 0xFF and block[3:14] not in _GIF_LOOPS)
        )
        if not is_note:
            yield block
    yield bytes((_GIF_END,))


def _after_blocks(picture: bytes, position: int) -> int:
    while length := _byte(picture, position):
        position += length + 1
    return position + 1


def _byte(picture: bytes, position: int) -> int:
    return _exactly(picture, position, 1)[0]


def _exactly(picture: bytes, position: int, length: int) -> bytes:
    found = picture[position : position + length] if length >= 0 else b""
    if length < 0 or len(found) != length:
        raise ValueError("The picture ends too early.")
    return found
