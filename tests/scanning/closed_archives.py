"""7-Zip and RAR archives made byte by byte: locked, open, with their names locked too, and broken."""

import lzma
import struct
import zlib

BODY = b"what only a password opens"
_AES, _COPY, _LZMA = b"\x06\xf1\x07\x01", b"\x00", b"\x03\x01\x01"


def seven_zip(*, locked: bool, packed: bool = True) -> bytes:
    """As 7-Zip writes it: the table of contents at the end, packed with LZMA unless it is small."""
    coder = bytes([len(_AES) if locked else len(_COPY)]) + (_AES if locked else _COPY)
    table = b"\x01\x04\x06\x00\x01\x09" + bytes([len(BODY)]) + b"\x00\x07\x0b\x01\x00\x01" + coder
    table += b"\x0c" + bytes([len(BODY)]) + b"\x00\x00\x05\x01" + bytes(80) + b"\x00\x00"
    return _seven_zip(BODY, table) if not packed else _seven_zip(*_packed(BODY, table))


def seven_zip_without_names() -> bytes:
    """As `7z -mhe` writes it: the table of contents itself is locked, and says so."""
    return _seven_zip(BODY, _encoded(0, len(BODY), b"\x24" + _AES + b"\x02\x13\x00", 60))


def seven_zip_of_another_method() -> bytes:
    """Its table of contents is packed by something that isn't known here."""
    return _seven_zip(BODY, _encoded(0, len(BODY), b"\x03\x04\x01\x08", 60))


def _packed(body: bytes, table: bytes) -> tuple[bytes, bytes]:
    options = {"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16, "lc": 3, "lp": 0, "pb": 2}
    squeezed = lzma.compress(table, lzma.FORMAT_RAW, filters=[options])
    method = b"\x23" + _LZMA + b"\x05\x5d" + struct.pack("<I", 1 << 16)
    return body + squeezed, _encoded(len(body), len(squeezed), method, len(table))


def _encoded(begins: int, length: int, method: bytes, unpacked: int) -> bytes:
    digests = b"\x0a\x01" + bytes(4)
    head = b"\x17\x06" + _number(begins) + b"\x01\x09" + _number(length) + digests + b"\x00"
    return head + b"\x07\x0b\x01\x00\x01" + method + b"\x0c" + _number(unpacked) + digests + b"\x00\x00"


def _number(value: int) -> bytes:
    return bytes([value]) if value < 0x80 else bytes([0x80 | value >> 8, value & 0xFF])


def _seven_zip(body: bytes, table: bytes) -> bytes:
    start = struct.pack("<QQI", len(body), len(table), zlib.crc32(table))
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<I", zlib.crc32(start)) + start + body + table


def rar(*, locked: bool, names: bool = False) -> bytes:
    """RAR 5, which is written today."""
    record = b"\x01\x00\x00" + bytes(33)
    extra = _seven(len(record)) + record if locked and not names else _seven(5) + b"\x03\x02" + bytes(3)
    blocks = [_block(1, b"\x00")]
    blocks += [_block(4, bytes(20))] if locked and names else []
    file = _seven(0) + _seven(len(BODY)) + _seven(0x20) + b"\x00\x00" + _seven(5) + b"a.txt"
    blocks += [_block(2, file, extra=extra, data=BODY), _block(5, b"\x00")]
    return b"Rar!\x1a\x07\x01\x00" + b"".join(blocks)


def _block(kind: int, fields: bytes, extra: bytes = b"", data: bytes = b"") -> bytes:
    flags = (1 if extra else 0) | (2 if data else 0)
    sizes = (_seven(len(extra)) if extra else b"") + (_seven(len(data)) if data else b"")
    body = _seven(kind) + _seven(flags) + sizes + fields + extra
    return struct.pack("<I", zlib.crc32(body)) + _seven(len(body)) + body + data


def _seven(value: int) -> bytes:
    return bytes([value]) if value < 0x80 else bytes([value & 0x7F | 0x80]) + _seven(value >> 7)


def old_rar(*, locked: bool, names: bool = False) -> bytes:
    """RAR 1.5 to 4."""
    main = struct.pack("<HBHH", 0, 0x73, 0x80 if names else 0, 13) + bytes(6)
    name = b"a.txt"
    fields = struct.pack("<IIBIIBBHI", len(BODY), len(BODY), 0, 0, 0, 29, 0x30, len(name), 0) + name
    files = [struct.pack("<HBHH", 0, 0x74, flags | 0x8000, 7 + len(fields)) + fields + BODY
             for flags in (0, 0x04 if locked else 0)]  # fmt: skip
    end = struct.pack("<HBHH", 0, 0x7B, 0x4000, 7)
    return b"Rar!\x1a\x07\x00" + main + b"".join(files) + end
