"""All checks over one document: findings, the checklist, and a risk with its explanation."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from marketplace.review.checks import CHECKS
from marketplace.review.findings import Finding, Item, Severity
from marketplace.review.subject import Check, Subject
from policy.sentences import Sentence

_WORST = 100


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """One item, whether it is in order, and what stands against it."""

    item: Item
    in_order: bool
    sentences: tuple[Sentence, ...]

    @property
    def words(self) -> str:
        """The sentences, as a person reads them."""
        return " ".join(map(str, self.sentences))


@dataclass(frozen=True, slots=True)
class Risk:
    """From 0 (nothing was found) to 100, and how it came about."""

    score: int
    how: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the machine says of a document."""

    findings: tuple[Finding, ...]
    checklist: tuple[ChecklistLine, ...]
    risk: Risk


def analysed(subject: Subject, checks: Iterable[Check] = CHECKS) -> Analysis:
    """Every check's findings, the worst first. Whatever a check raises is raised: half an analysis is none."""
    by_check = [(check, tuple(check.findings(subject))) for check in checks]
    findings = [finding for _, found in by_check for finding in found]
    worst_first = sorted(findings, key=lambda finding: -finding.severity.weight)
    return Analysis(tuple(worst_first), tuple(_line(item, by_check) for item in Item), risk_of(findings))


def risk_of(findings: Iterable[Finding]) -> Risk:
    """Each finding adds its weight; a hundred is the most."""
    counts = Counter(finding.severity for finding in findings)
    total = sum(severity.weight * count for severity, count in counts.items())
    how = tuple(_how(severity, counts[severity]) for severity in reversed(Severity) if counts[severity])
    return Risk(min(total, _WORST), how or (Sentence("No check found anything."),))


def _how(severity: Severity, count: int) -> Sentence:
    one, several = (
        "1 {severity:words} finding, {each:count} each: {sum:count}",
        "{count:count} {severity:words} findings, {each:count} each: {sum:count}",
    )
    facts = {"count": count, "severity": severity.value, "each": severity.weight, "sum": severity.weight * count}
    return Sentence(one if count == 1 else several, facts)


def _line(item: Item, by_check: list[tuple[Check, tuple[Finding, ...]]]) -> ChecklistLine:
    own = [finding for check, found in by_check if check.item == item for finding in found]
    against = [finding for finding in own if finding.severity in {Severity.MEDIUM, Severity.HIGH}]
    return ChecklistLine(item, not against, tuple(one.sentence for one in against) or (Sentence(item.words),))
