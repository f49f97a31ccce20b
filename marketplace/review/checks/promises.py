"""What people are told before they agree: complete, and true."""

import re
from collections.abc import Iterator

from marketplace.review.findings import Finding, Item, Severity
from marketplace.review.subject import Check, Subject
from policy.sentences import Fact, Sentence

_PERIOD = re.compile(r"\b([0-9]{1,4})[ -](days?|months?|years?|Tage?n?|Monate?n?|Jahre?n?)\b")
_UNIT_DAYS = {"d": 1, "T": 1, "m": 30, "M": 30, "y": 365, "J": 365}
_TOLD = {
    "{workspace}": "People aren't told whose it is. Say it with {placeholder}.",
    "{place}": "People aren't told where files lie. Say it with {placeholder}.",
    "{kept}": "People aren't told how long files stay. Say it with {placeholder}.",
}
_SCANNED = re.compile(r"personal data|personenbezogene", re.IGNORECASE)


class Promises(Check):
    """Compares the words with what is enforced."""

    name = "promises"
    item = Item.EXPERIENCE

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """What consent leaves out, and every period or check that isn't so."""
        lines = " ".join(subject.document.consent.lines)
        for placeholder, words in _TOLD.items():
            if placeholder not in lines:
                facts = {"placeholder": placeholder}
                yield Finding(Severity.MEDIUM, "CONSENT_LEAVES_OUT", "/consent/lines", "", words, facts=facts)
        for pointer, text in _told(subject):
            yield from _other_period(subject, pointer, text)
            yield from _no_such_search(subject, pointer, text)


def _told(subject: Subject) -> Iterator[tuple[str, str]]:
    yield "/summary", subject.document.summary
    yield from subject.document.consent_lines()


def _other_period(subject: Subject, pointer: str, text: str) -> Iterator[Finding]:
    after = subject.document.lifecycle.delete_after_days
    for count, unit in _PERIOD.findall(text):
        days = int(count) * _UNIT_DAYS[unit[0]]
        if not any(abs(kept - days) <= days // 20 + 1 for kept in _kept(subject)):
            words = "The words say “{count} {unit}”, and files are kept {kept:words}."
            facts: dict[str, Fact] = {"count": count, "unit": unit, "kept": kept_for(after).kept()}
            yield Finding(Severity.HIGH, "PERIOD_NOT_KEPT", pointer, text, words, facts=facts)


def kept_for(days: int | None) -> Sentence:
    """How long files stay, as a part of a sentence; None is for ever."""
    return Sentence("for ever") if days is None else Sentence("for {days:count} days", {"days": days})


def _kept(subject: Subject) -> Iterator[int]:
    """After how many days files go, all of them or those of some label."""
    lifecycle = subject.document.lifecycle
    yield from filter(
        None, (lifecycle.delete_after_days, *(terms.delete_after_days for terms in lifecycle.labels or ()))
    )


def _no_such_search(subject: Subject, pointer: str, text: str) -> Iterator[Finding]:
    if (found := _SCANNED.search(text)) and "personal_data" not in subject.document.scanning.engines:
        words = "The words speak of personal data, and nobody searches for it."
        yield Finding(Severity.MEDIUM, "SEARCH_NOT_MADE", pointer, found[0], words)
