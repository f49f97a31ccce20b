"""The engine that asks whether a file is what it was announced as, and whole."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from kernel.errors import (
    FILE_CONTENT_MISMATCH,
    FILE_DAMAGED,
    FILE_DOUBTFUL,
    FILE_EMPTY,
    FILE_NAME_MISLEADS,
    PICTURE_TOO_LARGE,
)
from scanning import disguises, libmagic, second_opinion, tiff
from scanning.content import contradiction, sniff
from scanning.engines.port import Clean, Held, Rejected, Source, Verdict, Version
from scanning.kinds import DRAWING, TIFF, canonical, is_picture, type_words
from scanning.media_size import MOST_PIXELS, in_millions
from scanning.misleading_names import why_it_misleads
from scanning.wholeness import frame_of

_OVERLAP = 256
_TAIL_BYTES = 66_000


class ContentTypeEngine:
    """libmagic, filetype, Magika and the signs of disguise, over the first bytes; over every byte of a picture."""

    name = check = "content_type"

    def version(self) -> Version:
        """Libmagic's, which is that of its rules, and the model's."""
        return Version(libmagic.version(), second_opinion.version())

    def examine(self, source: Source) -> Verdict:
        """Rejected where name or bytes contradict the declared type, held where only the second opinion doubts."""
        return _by_name(source) or _by_head(source) or _by_every_byte(source) or _by_second_opinion(source)


def _by_name(source: Source) -> Rejected | None:
    if source.size == 0:
        return Rejected(FILE_EMPTY, "it has 0 bytes")
    why = why_it_misleads(source.name, canonical(source.content_type))
    return Rejected(FILE_NAME_MISLEADS, why) if why else None


def _by_head(source: Source) -> Rejected | None:
    seems = contradiction(source.content_type, source.head())
    return _mismatch(source, seems) if seems else None


def _by_every_byte(source: Source) -> Rejected | None:
    declared = canonical(source.content_type)
    if declared == DRAWING:
        seems = _first_sign(disguises.in_drawing(stretch) for stretch in _overlapping(source.chunks()))
        return _mismatch(source, seems) if seems else None
    return _picture(source, declared) if is_picture(declared) else None


def _picture(source: Source, declared: str) -> Rejected | None:
    """One pass: signs of disguise are looked for in what the reader of the format takes, then in the rest.

    A TIFF is read where it says that its pages are, so it goes to the worker's disk; so do raw files of cameras, which
    are TIFFs inside.
    """
    signs: list[str] = []
    passing = _watched(source.chunks(), signs)
    frame = frame_of(declared, passing)
    for _ in passing:
        pass
    if source.head().startswith(tiff.BEGINS):
        frame = tiff.frame_of(source.on_disk())
        frame = frame if declared == TIFF else replace(frame, is_whole=True)  # a camera's own, with pages of its own
    if signs:
        return _mismatch(source, signs[0])
    if frame and frame.points > MOST_PIXELS:
        words = in_millions(frame.points)
        return Rejected(PICTURE_TOO_LARGE, f"millions of pixels: {words['pixels']}", words)
    return None if frame is None or frame.is_whole else Rejected(FILE_DAMAGED, "it breaks off before its end")


def _by_second_opinion(source: Source) -> Verdict:
    declared = canonical(source.content_type)
    label = second_opinion.doubt_about(declared, source.head())
    if label:
        return Held(FILE_DOUBTFUL, f"looks to Magika like: {label}", {"type": type_words(declared)})
    return Clean(sniff(source.head()))


def _mismatch(source: Source, seems: str) -> Rejected:
    return Rejected(FILE_CONTENT_MISMATCH, f"seems to be: {seems}", {"type": type_words(source.content_type)})


def _watched(chunks: Iterable[bytes], signs: list[str]) -> Iterator[bytes]:
    """The chunks as they are; what they hold that no camera writes is put among the signs."""
    before, tail = b"", b""
    for chunk in chunks:
        found = disguises.in_picture(before + chunk)
        signs += [found] if found else []
        before, tail = chunk[-_OVERLAP:], (tail + chunk)[-_TAIL_BYTES:]
        yield chunk
    appended = disguises.behind_picture(tail)
    signs += [appended] if appended else []


def _first_sign(found: Iterable[str | None]) -> str | None:
    return next((words for words in found if words), None)


def _overlapping(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Each chunk with the end of the one before, so that no sign is cut in two."""
    tail = b""
    for chunk in chunks:
        yield tail + chunk
        tail = (tail + chunk)[-_OVERLAP:]
