"""Pictures of few bytes that say how large they are, in formats whose readers believe them."""

import struct


def pages(*sizes: tuple[int, int], below: tuple[int, int] | None = None, is_big: bool = False) -> bytes:
    """A TIFF of such pages, the last of them first in the file, as some programs write them; one `below` the first."""
    place, count, first = ("<Q", "<Q", 16) if is_big else ("<I", "<H", 8)
    entries = 3 if below else 2
    length = struct.calcsize(count) + entries * (20 if is_big else 12) + struct.calcsize(place)
    whole = [*sizes, *([below] if below else [])]
    begins = [first + length * (len(whole) - 1 - number) for number in range(len(whole))]
    head = b"II+\0" + struct.pack("<HHQ", 8, 0, begins[0]) if is_big else b"II*\0" + struct.pack("<I", begins[0])
    made = []
    for number, (width, height) in enumerate(whole):
        tags = [(256, width), (257, height), (330, begins[-1]) if number < len(sizes) else (258, 8)]
        is_last = number + 1 >= len(sizes)
        follows = 0 if is_last else begins[number + 1]
        made.append(struct.pack(count, entries) + _table(tags[:entries], is_big) + struct.pack(place, follows))
    return head + b"".join(reversed(made))


def _table(tags: list[tuple[int, int]], is_big: bool) -> bytes:
    if is_big:
        return b"".join(struct.pack("<HHQQ", tag, 16, 1, value) for tag, value in tags)
    return b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)


def jpeg2000(*sizes: tuple[int, int]) -> bytes:
    """The boxes of a JPEG 2000 file, with the beginnings of code streams."""
    streams = b"".join(
        b"\xff\x4f\xff\x51" + struct.pack(">HHIIII", 41, 0, width, height, 0, 0) + bytes(30) for width, height in sizes
    )
    signature = b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0\0\0\x14ftypjp2 \0\0\0\0jp2 "
    return signature + struct.pack(">I", 8 + len(streams)) + b"jp2c" + streams + b"\xff\xd9"
