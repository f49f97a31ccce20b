"""The template's own module, read before it is ever asked."""

from collections.abc import Iterator

from marketplace.review.checks.secrets import masked
from marketplace.review.findings import Finding, Item, Severity
from marketplace.review.subject import Check, Subject
from policy.rego.asking import module_of
from policy.rego.inspection import RefusedModuleError
from policy.rego.port import BrokenPolicyError


class Module(Check):
    """Holds the module to what a template may contain."""

    name = "module"
    item = Item.COMPLIANCE

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """One finding for each complaint. Raises PolicyBusyError: what can't be read isn't in order."""
        try:
            module_of(subject.document)
        except RefusedModuleError as refusal:
            for complaint in refusal.complaints:
                evidence = masked(_line(subject.document.rego or "", complaint.line))
                told = complaint.with_its_line
                yield Finding(Severity.HIGH, "MODULE_REFUSED", "/rego", evidence, told.words, facts=told.facts)
        except BrokenPolicyError as error:
            words = "The module can't be read: its syntax is wrong, or reading it takes too long."
            yield Finding(Severity.HIGH, "MODULE_UNREADABLE", "/rego", str(error)[:300], words)


def _line(text: str, number: int) -> str:
    """One line, counted from 1; nothing where the module as a whole is meant."""
    lines = text.splitlines()
    return lines[number - 1].strip() if 0 < number <= len(lines) else ""
