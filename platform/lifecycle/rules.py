"""When a file goes: pure rules of the file's facts and the time. Nothing here reads or changes anything."""

import datetime as dt
from dataclasses import dataclass

from kernel.decisions import Allowed, Decision, Denied
from kernel.errors import FILE_ON_HOLD, FILE_RETAINED
from policy.lifetimes import Rules, delete_at, retained_until


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What of a file decides when it goes; `purge_at` is when the trash lets it go, where it is there."""

    name: str
    created_at: dt.datetime
    is_on_hold: bool = False
    purge_at: dt.datetime | None = None


def is_archive_due(facts: FileFacts, date: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a file goes to the archive now: its date has come, nobody threw it away, and no legal hold covers it."""
    return date is not None and date <= now and facts.purge_at is None and not facts.is_on_hold


def may_delete(facts: FileFacts, rules: Rules, now: dt.datetime) -> Decision:
    """Whether anybody, a person or a rule, may delete the file now: not under a legal hold, not under retention."""
    if facts.is_on_hold:
        return Denied(FILE_ON_HOLD, {"name": facts.name})
    until = retained_until(facts.created_at, rules)
    if until is not None and now < until:
        return Denied(FILE_RETAINED, {"name": facts.name, "until": f"{until:%-d %B %Y}"})
    return Allowed()


def is_due(facts: FileFacts, rules: Rules, now: dt.datetime) -> bool:
    """Whether the file goes now, by its age or since it was in the trash long enough."""
    dates = (delete_at(facts.created_at, rules), facts.purge_at)
    is_over = any(date is not None and date <= now for date in dates)
    return is_over and isinstance(may_delete(facts, rules, now), Allowed)
