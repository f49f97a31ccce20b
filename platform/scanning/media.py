"""What a clean picture becomes before anybody can open it; everything else stays as it came.

Smaller where the app's maker wished so; without what it tells of its maker and its place where the template says so.
"""

from kernel.errors import FILE_DAMAGED, PICTURE_TOO_LARGE, Problem
from scanning.kinds import canonical
from scanning.media_process import decoded
from scanning.media_size import MOST_PIXELS, in_millions, pixels_of
from scanning.quarantine import QuarantinedFile
from scanning.thumbnails import PICTURES
from storage.models import Upload

EDGE_PIXELS = 2560
"""The longest side of a picture that was made smaller: sharp on a large screen, and on paper of 21 cm."""

_LARGEST_BYTES = 128 << 20


class UntreatableError(RuntimeError):
    """The picture can't be made what its template promises; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def refusal(upload: Upload, file: QuarantinedFile) -> Problem | None:
    """Why a picture can't stay, judged by what it announces: one that unfolds to gigabytes harms whoever opens it."""
    pixels = pixels_of(file.head()) if canonical(upload.content_type) in PICTURES else None
    if pixels is None or pixels <= MOST_PIXELS:
        return None
    return Problem.of(PICTURE_TOO_LARGE, {"name": upload.name, **in_millions(pixels)})


def treated(upload: Upload, file: QuarantinedFile) -> bytes | None:
    """The bytes to store in place of those that came, or None where these stay.

    Two workers make the same of the same picture, byte by byte. Raises UntreatableError where notes must go and the
    picture can't be read, ObjectChangedError, NoDecodingError.
    """
    wishes = upload.wishes
    if canonical(upload.content_type) not in PICTURES or not (wishes.smaller_pictures or wishes.bare_pictures):
        return None
    edge = EDGE_PIXELS if wishes.smaller_pictures else 0
    notes = "strip" if wishes.bare_pictures else "keep"
    made = decoded(file.chunks(), "treat", str(edge), notes, most_bytes=_LARGEST_BYTES)
    if made is None and wishes.bare_pictures:
        raise UntreatableError(Problem(FILE_DAMAGED, name=upload.name))
    return made or None
