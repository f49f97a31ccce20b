"""How long a file stays and when it goes to the archive: days, and what a file's labels make of them.

Pure functions. Of all terms that fit a file's labels the soonest end, the soonest archive and the longest minimum
hold, in whatever order they are written; the minimum wins over the end.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from policy.shape import LabelTerms, Lifecycle


@dataclass(frozen=True, slots=True)
class Rules:
    """How files are kept, in days; `delete_after_days` None is for ever, `archive_after_days` None is never."""

    delete_after_days: int | None
    minimum_days: int = 0
    archive_after_days: int | None = None

    @property
    def ends_after_days(self) -> int | None:
        """After how many days age lets a file go, the minimum regarded."""
        return None if self.delete_after_days is None else max(self.delete_after_days, self.minimum_days)

    def under(self, terms: LabelTerms) -> "Rules":
        """These rules with one label's terms."""
        return Rules(
            _sooner(self.delete_after_days, terms.delete_after_days),
            max(self.minimum_days, terms.minimum_days or 0),
            _sooner(self.archive_after_days, terms.archive_after_days),
        )


def rules_of(lifecycle: Lifecycle, minimum_days: int = 0) -> Rules:
    """What a document says of all files."""
    return Rules(lifecycle.delete_after_days, minimum_days, lifecycle.archive_after_days)


def rules_for(labels: Mapping[str, str], rules: Rules, by_label: Iterable[LabelTerms]) -> Rules:
    """What holds for a file with these labels."""
    for terms in by_label:
        if terms.fit(labels):
            rules = rules.under(terms)
    return rules


def delete_at(created_at: dt.datetime, rules: Rules) -> dt.datetime | None:
    """When its age lets a file go; None for never."""
    days = rules.ends_after_days
    return None if days is None else created_at + dt.timedelta(days=days)


def archive_at(since: dt.datetime, rules: Rules) -> dt.datetime | None:
    """When a file that came, or came back, at this moment goes to the archive; None for never."""
    return None if rules.archive_after_days is None else since + dt.timedelta(days=rules.archive_after_days)


def retained_until(created_at: dt.datetime, rules: Rules) -> dt.datetime | None:
    """Until when its retention keeps a file, whoever wants it gone; None where there is no minimum."""
    return created_at + dt.timedelta(days=rules.minimum_days) if rules.minimum_days else None


def _sooner(days: int | None, others: int | None) -> int | None:
    return min((number for number in (days, others) if number is not None), default=None)
