"""7-Zip and RAR, which nothing here unpacks: whether a password is needed to do so.

Told by their tables of contents alone (7zFormat.txt of the LZMA SDK; RAR 5.0 archive format; the notes on RAR 1.5 to 4
that UnRAR's source keeps). One whose table can't be read is as good as locked.
"""

import lzma
from collections.abc import Iterator
from typing import IO, Any

from scanning.inside.findings import Finding, locked

SEVEN_ZIP, RAR_4, RAR_5 = b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"
BEGINS = (SEVEN_ZIP, RAR_4, RAR_5)

_LARGEST_TABLE_BYTES = 16_000_000
_MOST_BLOCKS = 100_000
_AES = b"\x06\xf1\x07\x01"
"""7-Zip's name of its encryption, as it stands among the methods of what is packed."""

_ENCODED, _PACK_INFO, _SIZES, _DIGESTS, _UNPACK_INFO, _FOLDER, _UNPACK_SIZES = 0x17, 0x06, 0x09, 0x0A, 0x07, 0x0B, 0x0C
_LZMA, _LZMA2 = b"\x03\x01\x01", b"\x21"
_OLD_MAIN, _OLD_FILE, _OLD_SERVICE, _OLD_END = 0x73, 0x74, 0x7A, 0x7B
_OLD_HEADERS_LOCKED, _OLD_FILE_LOCKED, _OLD_LARGE, _OLD_HAS_MORE = 0x80, 0x04, 0x100, 0x8000
_FILE, _SERVICE, _HEADERS_LOCKED, _END = 2, 3, 4, 5
_HAS_EXTRA, _HAS_DATA, _LOCKED_RECORD = 0x1, 0x2, 1


class _UnreadableError(Exception):
    """The table of contents isn't as the format has it."""


_BROKEN = (_UnreadableError, IndexError, ValueError, OverflowError, OSError, lzma.LZMAError)
"""Places beyond what a file can have among them."""


def look(file: IO[bytes]) -> Iterator[Finding]:
    """Whether a password opens it, or may."""
    file.seek(0)
    head = file.read(32)
    try:
        is_locked = _seven_zip(file, head) if head.startswith(SEVEN_ZIP) else _rar(file, head)
    except _BROKEN:
        yield locked("an archive whose table of contents can't be read")
        return
    if is_locked:
        yield locked("an archive with a password")


def _seven_zip(file: IO[bytes], head: bytes) -> bool:
    table = _stretch(file, 32 + _little(head[12:20]), _little(head[20:28]))
    if _AES in table:
        return True
    return table[:1] == bytes([_ENCODED]) and _AES in _unpacked(file, table)


def _unpacked(file: IO[bytes], table: bytes) -> bytes:
    """The table of contents, where it is packed itself, as 7-Zip does."""
    reader = _Numbers(table, 1)
    reader.require(_PACK_INFO)
    begins, packed = reader.number(), _packed_size(reader)
    for expected in (_UNPACK_INFO, _FOLDER, 1, 0, 1):  # one folder, not elsewhere, of one method
        reader.require(expected)
    flags = reader.byte()
    method = reader.take(flags & 0xF)
    properties = reader.take(reader.number()) if flags & 0x20 else b""
    reader.require(_UNPACK_SIZES)
    size = reader.number()
    if size > _LARGEST_TABLE_BYTES:
        raise _UnreadableError
    decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[_filter(method, properties, size)])
    return decoder.decompress(_stretch(file, 32 + begins, packed), max_length=size)


def _packed_size(reader: "_Numbers") -> int:
    reader.require(1)
    reader.require(_SIZES)
    packed = reader.number()
    if reader.peek() == _DIGESTS:
        reader.take(6)
    reader.require(0)
    return packed


def _filter(method: bytes, properties: bytes, size: int) -> dict[str, Any]:
    """For Python's decoder; a dictionary as large as what is unpacked is always enough."""
    dictionary = max(size, 4096)
    if method == _LZMA2:
        return {"id": lzma.FILTER_LZMA2, "dict_size": dictionary}
    if method != _LZMA:
        raise _UnreadableError
    rest, lc = divmod(properties[0], 9)
    pb, lp = divmod(rest, 5)
    return {"id": lzma.FILTER_LZMA1, "dict_size": dictionary, "lc": lc, "lp": lp, "pb": pb}


def _rar(file: IO[bytes], head: bytes) -> bool:
    blocks = _rar_5_blocks(file) if head.startswith(RAR_5) else _rar_4_blocks(file)
    return any(blocks)


def _rar_4_blocks(file: IO[bytes]) -> Iterator[bool]:
    """Of each block, whether it says that something is locked."""
    at = len(RAR_4)
    for _ in range(_MOST_BLOCKS):
        file.seek(at)
        block = file.read(36)
        if len(block) < 7 or block[2] == _OLD_END:
            return
        kind, flags, length = block[2], _little(block[3:5]), _little(block[5:7])
        if length < 7:
            raise _UnreadableError
        yield bool(
            (kind == _OLD_MAIN and flags & _OLD_HEADERS_LOCKED)
            or (kind in {_OLD_FILE, _OLD_SERVICE} and flags & _OLD_FILE_LOCKED)
        )
        at += length + _rar_4_data(block, kind, flags)
    raise _UnreadableError


def _rar_4_data(block: bytes, kind: int, flags: int) -> int:
    """How many bytes follow a block's header."""
    is_file = kind in {_OLD_FILE, _OLD_SERVICE}
    low = _little(block[7:11]) if is_file or flags & _OLD_HAS_MORE else 0
    return low + (_little(block[32:36]) << 32 if is_file and flags & _OLD_LARGE else 0)


def _rar_5_blocks(file: IO[bytes]) -> Iterator[bool]:
    at = len(RAR_5)
    for _ in range(_MOST_BLOCKS):
        file.seek(at)
        start = _Sevens(file.read(16), 4)
        if start.is_over:
            return
        length, header_at = start.number(), at + start.at
        header = _Sevens(_stretch(file, header_at, length))
        kind, flags = header.number(), header.number()
        extra = header.number() if flags & _HAS_EXTRA else 0
        data = header.number() if flags & _HAS_DATA else 0
        if kind == _END:
            return
        yield kind == _HEADERS_LOCKED or (kind in {_FILE, _SERVICE} and _is_locked_record(header.last(extra)))
        at = header_at + length + data
    raise _UnreadableError


def _is_locked_record(extra: bytes) -> bool:
    records = _Sevens(extra)
    while not records.is_over:
        length = records.number()
        if _Sevens(records.take(length)).number() == _LOCKED_RECORD:
            return True
    return False


class _Numbers:
    """7-Zip's numbers, one after the other: the first byte of each says how many follow."""

    def __init__(self, body: bytes, at: int = 0) -> None:
        self._body, self.at = body, at

    @property
    def is_over(self) -> bool:
        return self.at >= len(self._body)

    def byte(self) -> int:
        self.at += 1
        return self._body[self.at - 1]

    def peek(self) -> int:
        return self._body[self.at]

    def take(self, count: int) -> bytes:
        self.at += count
        if self.at > len(self._body):
            raise _UnreadableError
        return self._body[self.at - count : self.at]

    def last(self, count: int) -> bytes:
        return self._body[len(self._body) - count :] if count else b""

    def require(self, expected: int) -> None:
        if self.number() != expected:
            raise _UnreadableError

    def number(self) -> int:
        first, value = self.byte(), 0
        for position in range(8):
            mask = 0x80 >> position
            if not first & mask:
                return value | (first & (mask - 1)) << (8 * position)
            value |= self.byte() << (8 * position)
        return value


class _Sevens(_Numbers):
    """RAR's: seven bits in each byte, and whether another follows."""

    def number(self) -> int:
        value = 0
        for position in range(10):
            byte = self.byte()
            value |= (byte & 0x7F) << (7 * position)
            if byte < 0x80:
                return value
        raise _UnreadableError


def _stretch(file: IO[bytes], begins: int, length: int) -> bytes:
    """So many bytes of the file. Raises _UnreadableError where they aren't there, or are too many for a table."""
    if length > _LARGEST_TABLE_BYTES:
        raise _UnreadableError
    file.seek(begins)
    found = file.read(length)
    if len(found) < length:
        raise _UnreadableError
    return found


def _little(number: bytes) -> int:
    return int.from_bytes(number, "little")
