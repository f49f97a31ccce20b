"""What the document needs and this installation can't do: no risk, but good to know before one decides."""

from collections.abc import Iterator

from marketplace.readiness import lacking
from marketplace.review.findings import Finding, Item, Severity
from marketplace.review.subject import Check, Subject
from policy.abilities import here


class Availability(Check):
    """Asks readiness, which also keeps anyone from installing it."""

    name = "availability"
    item = Item.EXPERIENCE

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """One finding for each thing that is missing."""
        for what in lacking(subject.document, here()):
            words = "Not available on this installation yet: {what:words}. Until then no app can be made of it."
            yield Finding(Severity.INFO, "NOT_AVAILABLE_YET", "", "", words, facts={"what": what.kept()})
