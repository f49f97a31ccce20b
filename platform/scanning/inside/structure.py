"""Can this file be unpacked and opened safely: one look at whatever it is, and at what lies in it."""

import functools
from collections.abc import Iterator
from typing import IO

from scanning.inside import documents, streams, zips
from scanning.inside.budget import Budget
from scanning.inside.findings import Finding, RefusedError

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF_WITHIN = 1024


def structure_of(file: IO[bytes], size: int) -> list[Finding]:
    """Everything that a person must decide about, or the one thing that refuses the file."""
    budget = Budget(size)
    try:
        found = list(_look(file, size, 1, budget=budget))
    except RefusedError as refused:
        return [refused.finding]
    return list({(finding.code, finding.detail): finding for finding in found}.values())


def _look(file: IO[bytes], size: int, depth: int, *, budget: Budget) -> Iterator[Finding]:
    file.seek(0)
    head = file.read(_PDF_WITHIN)
    file.seek(0)
    inner = functools.partial(_look, budget=budget)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        yield from zips.look(file, size, budget, depth, inner)
    elif zips.packs_others(head):
        yield from streams.look(file, head, budget, depth, inner)
    elif head.startswith(_OLD_OFFICE):
        yield from documents.look_at_old_office(file)
    elif b"%PDF-" in head:
        yield from documents.look_at_pdf(file)
