"""When a file goes: pure rules of the file's facts and the time. Nothing here reads or changes anything."""

import datetime as dt
from dataclasses import dataclass

from kernel.decisions import Allowed, Decision, Denied
from kernel.errors import FILE_ON_HOLD, FILE_RETAINED


@dataclass(frozen=True, slots=True)
class Rules:
    """An app's keeping, in days; `delete_after_days` None is for ever."""

    delete_after_days: int | None
    minimum_days: int = 0
    archive_after_days: int | None = None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What of a file decides when it goes; `purge_at` is when the trash lets it go, where it is there."""

    name: str
    created_at: dt.datetime
    is_on_hold: bool = False
    purge_at: dt.datetime | None = None


def delete_at(created_at: dt.datetime, rules: Rules) -> dt.datetime | None:
    """When its age lets a file go; None for never."""
    if rules.delete_after_days is None:
        return None
    return created_at + dt.timedelta(days=max(rules.delete_after_days, rules.minimum_days))


def archive_at(since: dt.datetime, rules: Rules) -> dt.datetime | None:
    """When a file that came, or came back, at this moment goes to the archive; None for never."""
    return None if rules.archive_after_days is None else since + dt.timedelta(days=rules.archive_after_days)


def is_archive_due(facts: FileFacts, date: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a file goes to the archive now: its date has come, nobody threw it away, and no legal hold covers it."""
    return date is not None and date <= now and facts.purge_at is None and not facts.is_on_hold


def retained_until(created_at: dt.datetime, rules: Rules) -> dt.datetime:
    """Until when its retention label keeps a file, whoever wants it gone."""
    return created_at + dt.timedelta(days=rules.minimum_days)


def may_delete(facts: FileFacts, rules: Rules, now: dt.datetime) -> Decision:
    """Whether anybody, a person or a rule, may delete the file now: not under a legal hold, not under retention."""
    if facts.is_on_hold:
        return Denied(FILE_ON_HOLD, {"name": facts.name})
    until = retained_until(facts.created_at, rules)
    if now < until:
        return Denied(FILE_RETAINED, {"name": facts.name, "until": f"{until:%-d %B %Y}"})
    return Allowed()


def is_due(facts: FileFacts, rules: Rules, now: dt.datetime) -> bool:
    """Whether the file goes now, by its age or since it was in the trash long enough."""
    dates = (delete_at(facts.created_at, rules), facts.purge_at)
    is_over = any(date is not None and date <= now for date in dates)
    return is_over and isinstance(may_delete(facts, rules, now), Allowed)
