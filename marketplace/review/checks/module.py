"""The template's own module, read before it is ever asked."""

from collections.abc import Iterator

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
                evidence = f"line {complaint.line}"
                yield Finding(Severity.HIGH, "MODULE_REFUSED", "/rego", evidence, complaint.words)
        except BrokenPolicyError as error:
            words = "The module can't be read: its syntax is wrong, or reading it takes too long."
            yield Finding(Severity.HIGH, "MODULE_UNREADABLE", "/rego", str(error)[:300], words)
