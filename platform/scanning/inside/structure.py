"""Can this file be unpacked and opened safely: one look at whatever it is, and at what lies in it."""

import functools
from collections.abc import Iterator
from typing import IO

from scanning.inside import closed, documents, streams, zips
from scanning.inside.budget import Budget
from scanning.inside.findings import Finding, RefusedError


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
    head = file.read(zips.PDF_WITHIN)
    file.seek(0)
    inner = functools.partial(_look, budget=budget)
    if head.startswith(zips.BEGINS):
        yield from zips.look(file, size, budget, depth, inner)
    elif head.startswith(closed.BEGINS):
        yield from closed.look(file)
    elif zips.packs_others(head):
        yield from streams.look(file, head, budget, depth, inner)
    else:
        yield from _in_document(file, head)
        if zips.is_behind(file, size):
            yield from zips.look(file, size, budget, depth, inner)


def _in_document(file: IO[bytes], head: bytes) -> Iterator[Finding]:
    if head.startswith(zips.OLD_OFFICE):
        yield from documents.look_at_old_office(file)
    elif zips.PDF in head:
        yield from documents.look_at_pdf(file)
