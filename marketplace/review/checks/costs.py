"""What an app could cost before anyone is asked."""

from collections.abc import Iterator

from marketplace.review.findings import Finding, Item, Severity
from marketplace.review.subject import Check, Subject
from policy.costs import estimate, in_currency
from policy.sentences import Fact

NORM_CENTS, MOST_CENTS, PUBLIC_CENTS = 50_000, 500_000, 10_000
_TIMES = 500


class Costs(Check):
    """Looks at the month in which the app is full, in its dearest region."""

    name = "costs"
    item = Item.LIMITS

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """At most one finding: how much, and against which norm."""
        estimates = [
            estimate(subject.document, region, subject.books.get(region)) for region in subject.document.regions
        ]
        full = max(one.maximum_cents for one in estimates)
        typical = max(one.typical_cents for one in estimates)
        if told := _about(full, typical, is_public=subject.is_public):
            severity, code, words = told
            facts: dict[str, Fact] = {"amount": full, "times": _TIMES}
            yield Finding(severity, code, "/quota/app_bytes", in_currency(full), words, facts=facts)


def _about(full: int, typical: int, *, is_public: bool) -> tuple[Severity, str, str] | None:
    if full > MOST_CENTS:
        return Severity.HIGH, "COST_VERY_HIGH", "One app could cost {amount:cents} in a month. Lower its space."
    if full > NORM_CENTS:
        return Severity.MEDIUM, "COST_HIGH", "One app could cost {amount:cents} in a month."
    if is_public and full > PUBLIC_CENTS:
        return Severity.MEDIUM, "COST_BY_STRANGERS", "Strangers could make one app cost {amount:cents} in a month."
    if typical and full > typical * _TIMES:
        words = "The month in which it is full costs {amount:cents}, more than {times:count} times a typical one."
        return Severity.LOW, "COST_OUT_OF_PROPORTION", words
    return None
