"""The engine that asks whether a file is what it was announced as."""

from collections.abc import Iterable, Iterator

from kernel.errors import FILE_CONTENT_MISMATCH
from scanning import disguises, libmagic
from scanning.content import contradiction, sniff
from scanning.engines.port import Clean, Rejected, Source, Verdict, Version
from scanning.kinds import DRAWING, canonical, type_words

_OVERLAP = 256


class ContentTypeEngine:
    """libmagic, filetype and the signs of disguise, over the first bytes; over every byte of a drawing."""

    name = "content_type"

    def version(self) -> Version:
        """Libmagic's."""
        return Version(libmagic.version())

    def examine(self, source: Source) -> Verdict:
        """Rejected with FILE_CONTENT_MISMATCH where the bytes contradict the declared type."""
        seems = contradiction(source.content_type, source.head())
        if seems is None and canonical(source.content_type) == DRAWING:
            seems = _hidden_in_drawing(source.chunks())
        if seems is None:
            return Clean(sniff(source.head()))
        declared_as = type_words(source.content_type)
        return Rejected(FILE_CONTENT_MISMATCH, f"seems to be {seems}", {"type": declared_as})


def _hidden_in_drawing(chunks: Iterable[bytes]) -> str | None:
    found = (disguises.in_drawing(stretch) for stretch in _overlapping(chunks))
    return next((words for words in found if words), None)


def _overlapping(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Each chunk with the end of the one before, so that no sign is cut in two."""
    tail = b""
    for chunk in chunks:
        yield tail + chunk
        tail = (tail + chunk)[-_OVERLAP:]
