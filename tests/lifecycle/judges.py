"""An engine that judges by what the bytes say of themselves, so that a test can foretell every verdict."""

from kernel.errors import FILE_HAS_PERSONAL_DATA, FILE_INFECTED
from scanning.engines.port import Clean, Held, Rejected, Source, Verdict, Version

GOOD, BAD, DOUBTFUL = b"fine ", b"evil ", b"odd  "


class Judge:
    """Reads everything, refuses what begins with `evil`, doubts what begins with `odd`."""

    name = check = "judge"

    def version(self) -> Version:
        return Version("judge 1")

    def examine(self, source: Source) -> Verdict:
        body = b"".join(source.chunks())
        if body.startswith(BAD):
            return Rejected(FILE_INFECTED, "evil")
        return Held(FILE_HAS_PERSONAL_DATA, "odd") if body.startswith(DOUBTFUL) else Clean()
