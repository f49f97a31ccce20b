"""Retention labels that say one thing while the document does another."""

import re
from collections.abc import Iterator

from marketplace.review.checks.promises import kept_for
from marketplace.review.findings import Finding, Item, Severity, replace
from marketplace.review.subject import Check, Subject
from policy.sentences import Fact

_LABEL = re.compile(r"(?P<count>[0-9]{1,4})-(?P<unit>day|month|year)s?(?:-|$)")
_UNIT_DAYS = {"day": 1, "month": 30, "year": 365}
_BY_LAW = ("tax", "legal", "audit", "medical", "payroll", "contract")
_FEWEST_DAYS = {"tax": 2190, "payroll": 2190, "medical": 3650}
"""Where the label names no number: six years for letters and payroll papers, ten for medical records, which are the
shortest that German law knows (AO §147, BGB §630f)."""


class Retention(Check):
    """Reads the label as a records manager would."""

    name = "retention"
    item = Item.COMPLIANCE

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """Files that may go too early, or stay longer than their label says."""
        label, least = subject.document.retention.label, subject.document.retention.minimum_days
        law = next((name for name in _BY_LAW if name in label.split("-")), None)
        days = _days(label)
        if law:
            yield from _under_the_law(subject, days or _FEWEST_DAYS.get(law, 0))
        elif days:
            yield from _other_than_its_label(subject, days)
        if subject.is_regulated and not law and not (least or _has_minimum(subject, "regulated")):
            words = "Regulated files could be deleted on their first day. Say how long they must stay."
            yield Finding(Severity.LOW, "REGULATED_WITHOUT_MINIMUM", "/retention/minimum_days", "0", words)
        if subject.is_protected and subject.document.lifecycle.delete_after_days is None:
            words, facts = (
                "Files that are {label:words} are kept for ever.",
                {"label": subject.document.classification.default},
            )
            yield Finding(Severity.LOW, "KEPT_FOR_EVER", "/lifecycle/delete_after_days", "null", words, facts=facts)


def _has_minimum(subject: Subject, classification: str) -> bool:
    by_label = subject.document.lifecycle.labels or ()
    return any(terms.classification == classification and terms.minimum_days for terms in by_label)


def _days(label: str) -> int | None:
    found = _LABEL.search(label)
    return int(found["count"]) * _UNIT_DAYS[found["unit"]] if found else None


def _under_the_law(subject: Subject, needed: int) -> Iterator[Finding]:
    retention, after = subject.document.retention, subject.document.lifecycle.delete_after_days
    if retention.minimum_days >= needed:
        return
    words = "The label {label} asks for {needed:count} days; files may go after {least:count}."
    facts: dict[str, Fact] = {"label": retention.label, "needed": needed, "least": retention.minimum_days}
    fix = [replace("/retention/minimum_days", needed)]
    if after is not None and after < needed:
        fix.append(replace("/lifecycle/delete_after_days", needed))
    evidence = str(retention.minimum_days)
    yield Finding(Severity.HIGH, "RETENTION_UNDER_LABEL", "/retention/minimum_days", evidence, words, tuple(fix), facts)


def _other_than_its_label(subject: Subject, days: int) -> Iterator[Finding]:
    after = subject.document.lifecycle.delete_after_days
    if after is not None and abs(after - days) <= days // 20 + 1:
        return
    place, retention = "/lifecycle/delete_after_days", subject.document.retention
    words = "The label {label} says {days:count} days, and files are kept {kept:words}."
    facts: dict[str, Fact] = {"label": retention.label, "days": days, "kept": kept_for(after).kept()}
    fix = (replace(place, max(days, retention.minimum_days, 1)),)
    yield Finding(Severity.MEDIUM, "KEPT_OTHER_THAN_LABEL", place, str(after), words, fix, facts)
