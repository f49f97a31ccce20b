"""What was found in files, in words: the inbox of what waits, one file's history. Must run in the tenant's scope."""

import uuid
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel import language
from kernel.errors import CATALOGUE
from kernel.sizes import in_words
from policy.classification import CONTAINS
from scanning import verdicts
from scanning.models import Hold, ScanVerdict
from scanning.progress import step_of
from storage.models import StoredFile, Upload
from storage.states import AWAITING_SCAN, UploadState
from tenancy.models import MicroApp

SHOWN = 50
_ENGINES: dict[str, str | Promise] = {
    "content_type": _("What it really is"),
    "structure": _("What is inside"),
    "rules": _("Rules for dangerous files"),
    "malware": _("Viruses"),
    "personal_data": _("Personal data"),
    "secrets": _("Passwords and keys"),
}
_CONTAINED: dict[str, str | Promise] = {
    "secrets": _("holds passwords or keys"),
    "personal-data": _("holds personal data"),
}
_TONES = {
    UploadState.AVAILABLE: "good",
    UploadState.REJECTED: "danger",
    UploadState.EXPIRED: "danger",
    UploadState.ABORTED: "danger",
    UploadState.HELD: "warning",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One engine's verdict, in words."""

    engine: str | Promise
    outcome: str
    detail: str
    version: str
    said: ScanVerdict

    @property
    def speaks_against(self) -> bool:
        """Whether it is a reason not to let the file in."""
        return self.said.outcome != ScanVerdict.Outcome.CLEAN

    @property
    def tone(self) -> str:
        """The pill's colour, which never stands alone."""
        tones = {ScanVerdict.Outcome.CLEAN: "good", ScanVerdict.Outcome.REJECTED: "danger"}
        return tones.get(ScanVerdict.Outcome(self.said.outcome), "warning")


@dataclass(frozen=True, slots=True)
class Case:
    """A file that waits, or waited, with what was found: on its way in, or locked by a later check."""

    hold: Hold
    name: str
    content_type: str
    size: str
    doubts: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def against(self) -> list[Finding]:
        """What speaks against it."""
        return [finding for finding in self.findings if finding.speaks_against]

    @property
    def clean(self) -> list[Finding]:
        """What found nothing."""
        return [finding for finding in self.findings if not finding.speaks_against]


@dataclass(frozen=True, slots=True)
class FileStory:
    """One file from its arrival on; `stored` is None for what never became a file, or is gone."""

    upload: Upload | None
    stored: StoredFile | None
    name: str
    size: str
    state: str | Promise
    tone: str
    problem: str
    findings: tuple[Finding, ...]
    holds: tuple[Hold, ...]
    looks_now: str | Promise
    """The check that a worker is at, empty where none is."""

    @property
    def labels(self) -> list[str | Promise]:
        """By what the file is protected and kept: its class, its kind, and what was found in it."""
        labels = self.stored.labels if self.stored else {}
        found = [_CONTAINED[name] for name in labels.get(CONTAINS, "").split() if name in _CONTAINED]
        return [*(labels[name] for name in ("classification", "kind") if labels.get(name)), *found]

    @property
    def waits(self) -> bool:
        """Whether a person has to decide about it."""
        return any(hold.decision == Hold.Decision.NONE for hold in self.holds)


def waiting(app: MicroApp) -> list[Case]:
    """What waits for a decision, the oldest first."""
    return _cases(app, list(Hold.objects.filter(app=app, decision=Hold.Decision.NONE).order_by("id")[:SHOWN]))


def count_waiting(app: MicroApp) -> int:
    """How many there are."""
    return int(Hold.objects.filter(app=app, decision=Hold.Decision.NONE).count())


def locked(app: MicroApp, file_id: uuid.UUID) -> StoredFile | None:
    """The file of this id, where a later check locked it and nobody has decided yet."""
    stored: StoredFile | None = StoredFile.objects.filter(app=app, pk=file_id).exclude(locked_at=None).first()
    is_open = Hold.objects.filter(app=app, file_id=file_id, is_lock=True, decision=Hold.Decision.NONE).exists()
    return stored if is_open else None


def decided(app: MicroApp) -> list[Case]:
    """What was decided last."""
    rows = Hold.objects.filter(app=app).exclude(decision=Hold.Decision.NONE)
    return _cases(app, list(rows.order_by("-decided_at")[:SHOWN]))


def story_of(app: MicroApp, file_id: uuid.UUID) -> FileStory | None:
    """A file's or an upload's story; None for what isn't the app's."""
    upload: Upload | None = Upload.objects.filter(app=app, pk=file_id).first()
    stored: StoredFile | None = StoredFile.objects.filter(app=app, pk=file_id).select_related("folder").first()
    shown = stored or upload
    if shown is None:
        return None
    state = UploadState(upload.state) if upload else UploadState.AVAILABLE
    problem = CATALOGUE.get(upload.problem_code) if upload else None
    return FileStory(
        upload=upload,
        stored=stored,
        name=shown.name,
        size=in_words(stored.size if stored else _arrived(upload)),
        state=_state_words(state, stored),
        tone=_tone(state, stored),
        problem=problem.words_for(upload.problem_facts) if problem and upload else "",
        findings=tuple(map(_finding, verdicts.of(file_id)[:SHOWN])),
        holds=tuple(Hold.objects.filter(file_id=file_id).order_by("-id")[:SHOWN]),
        looks_now=_words_of((step_of(file_id) if state in AWAITING_SCAN else None) or ""),
    )


def _tone(state: UploadState, stored: StoredFile | None) -> str:
    if stored is not None and stored.locked_at is not None:
        return "danger"
    if stored is not None and stored.trashed_at is not None:
        return ""
    return _TONES.get(state, "busy") if stored or state != UploadState.AVAILABLE else ""


def _state_words(state: UploadState, stored: StoredFile | None) -> str | Promise:
    if stored is not None and stored.locked_at is not None:
        return _("Locked: nobody can open it")
    if stored is not None and stored.version_of is not None:
        return _("An older version")
    if stored is not None and stored.trashed_at is not None:
        return _("In the trash")
    return _("Deleted") if state == UploadState.AVAILABLE and stored is None else str(state.label)


def _arrived(upload: Upload | None) -> int:
    return (upload.actual_size or upload.declared_size) if upload else 0


def _cases(app: MicroApp, holds: list[Hold]) -> list[Case]:
    """A copy has no upload and is told by its file; what was refused has no file and is told by its upload."""
    ids = [hold.file_id for hold in holds]
    shown: dict[uuid.UUID, tuple[str, str, int]] = {
        upload.pk: (upload.name, upload.content_type, _arrived(upload))
        for upload in Upload.objects.filter(app=app, pk__in=ids)
    }
    for stored in StoredFile.objects.filter(app=app, pk__in=ids):
        shown[stored.pk] = (stored.name, stored.content_type, stored.size)
    return [_case(hold, *shown[hold.file_id]) for hold in holds if hold.file_id in shown]


def _case(hold: Hold, name: str, content_type: str, size: int) -> Case:
    doubts = tuple(CATALOGUE[code].title for code in hold.codes if code in CATALOGUE)
    findings = tuple(map(_finding, verdicts.of(hold.file_id)[:SHOWN]))
    return Case(hold, name, content_type, in_words(size), doubts, findings)


def _words_of(engine: str) -> str | Promise:
    """Scanners of one's own keep the name that their owner gave them."""
    return _ENGINES.get(engine) or f"{engine[:1].upper()}{engine[1:]}".replace("_", " ")


def _finding(said: ScanVerdict) -> Finding:
    rules = ", ".join(part for part in (said.engine_version, said.signature_version) if part)
    return Finding(
        _words_of(said.engine), ScanVerdict.Outcome(said.outcome).label, in_our_words(said.detail), rules, said
    )


def in_our_words(detail: str) -> str:
    """What an engine said, in the reader's language as far as the words are ours: after a count, or around a colon."""
    return ", ".join(_part_in_our_words(part) for part in detail.split(", "))


def _part_in_our_words(part: str) -> str:
    count, _space, words = part.partition(" ")
    if count.replace(",", "").isdecimal() and words:
        return f"{language.number(int(count.replace(',', '')))} {language.said(words)}"
    return ": ".join(map(language.said, part.split(": ")))
