"""Where the database and storage disagree, in words that a person can act on."""

import enum
from dataclasses import dataclass, field

from kernel.sizes import in_words


class Kind(enum.StrEnum):
    """One sort of disagreement."""

    ORPHAN = "orphan"
    LEFTOVER = "leftover"
    STRANGE = "strange"
    MISSING = "missing"
    CHANGED = "changed"
    UNFINISHED = "unfinished"
    LOST_HOLD = "lost_hold"
    DRIFT = "drift"
    HIDDEN = "hidden"
    BROUGHT_BACK = "brought_back"
    KEPT = "kept"
    KEPT_SHORT = "kept_short"
    NOT_KEPT = "not_kept"
    HOLD_ENDED = "hold_ended"
    NOT_HELD = "not_held"

    @property
    def words(self) -> str:
        """What it means."""
        return _WORDS[self][0]

    def fate(self, *, repaired: bool) -> str:
        """What was done about it or, where nothing was changed, what would be; or what a person must do."""
        done = _WORDS[self][1]
        return done if repaired or self not in REPAIRED_BY_ITSELF else f"would be {done}"


_WORDS = {
    Kind.ORPHAN: ("objects that belong to no file", "deleted"),
    Kind.LEFTOVER: ("objects of uploads that have ended", "deleted"),
    Kind.STRANGE: ("objects that Gatehouse didn't name", "left alone, look who put them there"),
    Kind.MISSING: ("files whose bytes are gone", "they can't be opened; restore them from a backup of storage"),
    Kind.CHANGED: ("files whose bytes aren't those that were scanned", "restore them from a backup of storage"),
    Kind.UNFINISHED: ("uploads in parts that nobody finished", "discarded"),
    Kind.LOST_HOLD: ("space held for uploads that have ended", "given back"),
    Kind.DRIFT: ("quotas that counted wrong", "set to what is stored"),
    Kind.HIDDEN: ("versions that storage kept below an object, or of a deleted one", "deleted"),
    Kind.BROUGHT_BACK: ("files that somebody deleted with storage's own keys", "brought back from its versions"),
    Kind.KEPT_SHORT: ("files that storage keeps shorter than they must stay", "kept until their day"),
    Kind.NOT_KEPT: ("files that must stay and that storage doesn't keep when asked", "look at what it lets us do"),
    Kind.HOLD_ENDED: ("files whose legal hold somebody ended in storage", "held again"),
    Kind.NOT_HELD: ("files under a legal hold that storage doesn't hold when asked", "look at what it lets us do"),
    Kind.KEPT: ("objects that belong to no file and that storage's own lock keeps", "lift it there, then look again"),
}
REPAIRED_BY_ITSELF = frozenset({
    Kind.ORPHAN, Kind.LEFTOVER, Kind.UNFINISHED, Kind.LOST_HOLD, Kind.DRIFT, Kind.HIDDEN, Kind.BROUGHT_BACK,
    Kind.KEPT_SHORT, Kind.HOLD_ENDED,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One disagreement. Size in bytes: what it takes in storage, or how far a count is off; days too few."""

    kind: Kind
    what: str
    size: int = 0
    days: int = 0


@dataclass(slots=True)
class Report:
    """What one tenant's reconcile saw and did; of the files that storage should lock, about how many it was asked."""

    objects: int = 0
    files: int = 0
    to_lock: int = 0
    asked: int = 0
    findings: list[Finding] = field(default_factory=list)

    def of(self, kind: Kind) -> list[Finding]:
        """The findings of one sort."""
        return [finding for finding in self.findings if finding.kind == kind]

    def counts(self) -> dict[str, int]:
        """How many of each sort there are, those with none left out."""
        return {str(kind): len(self.of(kind)) for kind in Kind if self.of(kind)}

    def lines(self, *, repaired: bool) -> list[str]:
        """The report for a person, one line a sort."""
        first = f"{self.objects:,} objects in storage, {self.files:,} files in the database"
        if self.asked:
            first += f"; asked storage whether it locks {self.asked:,} of {self.to_lock:,} that it must"
        found = [self._line(kind, repaired=repaired) for kind in Kind if self.of(kind)]
        return [first, *(found or ["nothing disagrees"])]

    def _line(self, kind: Kind, *, repaired: bool) -> str:
        found = self.of(kind)
        size = sum(abs(finding.size) for finding in found)
        days = max(finding.days for finding in found)
        amount = f"{len(found):,} ({in_words(size)})" if size else f"{len(found):,}"
        by = f", by up to {days:,} days" if days else ""
        return f"{amount} {kind.words}{by}: {kind.fate(repaired=repaired)}"
