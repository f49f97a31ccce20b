"""Whether costs can be told apart, and what is on the record.

Traces, logs and labels can't be turned off by a document: this check has only the assumptions to look at.
"""

from collections.abc import Iterator

from marketplace.review.findings import Finding, Item, Severity
from marketplace.review.subject import Check, Subject


class Attribution(Check):
    """Looks at the typical month that the cost estimate is made of."""

    name = "attribution"
    item = Item.OBSERVABILITY

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """A template without a typical month would promise that it costs nothing."""
        costs = subject.document.costs
        if costs.files_per_month == 0:
            words = "A typical month is taken to have no files: the estimate would be nothing, whatever happens."
            yield Finding(Severity.MEDIUM, "NO_TYPICAL_MONTH", "/costs/files_per_month", "0", words)
        elif costs.bytes_per_file * costs.files_per_month > subject.document.quota.app_bytes:
            words = "A typical month brings more than the app has space for."
            yield Finding(
                Severity.LOW, "TYPICAL_MONTH_DOES_NOT_FIT", "/costs/files_per_month", str(costs.files_per_month), words
            )
