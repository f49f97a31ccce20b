"""When an e-mail may come: at once, in a daily digest, never, and not in somebody's quiet hours. Pure."""

import datetime as dt
import enum
from dataclasses import dataclass

from notices.kinds import Severity

_DAY = dt.timedelta(days=1)


class EmailMode(enum.StrEnum):
    """How often somebody wants e-mail."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Due:
    """When an e-mail is due, and whether it waits to be bundled with others."""

    at: dt.datetime
    in_digest: bool = False


@dataclass(frozen=True, slots=True)
class Rhythm:
    """One person's wishes. Times are those of the person's own clock; quiet hours may run past midnight."""

    mode: EmailMode = EmailMode.AT_ONCE
    digest_at: dt.time = dt.time(8)
    quiet: tuple[dt.time, dt.time] | None = None
    zone: dt.tzinfo = dt.UTC

    def due(self, now: dt.datetime, severity: Severity) -> Due | None:
        """When an e-mail about something that happens now may come, or None for never."""
        if severity == Severity.CRITICAL:
            return Due(now)
        if self.mode == EmailMode.OFF:
            return None
        if self.mode == EmailMode.DAILY:
            return Due(self.after_quiet(self._next(self.digest_at, now)), in_digest=True)
        return Due(self.after_quiet(now))

    def after_quiet(self, moment: dt.datetime) -> dt.datetime:
        """The moment itself, or the end of the quiet hours that it falls into."""
        if self.quiet is None:
            return moment
        begins, ends = self.quiet
        clock = moment.astimezone(self.zone).time()
        is_quiet = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
        return self._next(ends, moment) if is_quiet else moment

    def _next(self, clock: dt.time, after: dt.datetime) -> dt.datetime:
        """The next moment, later than `after`, at which the person's clock shows this time.

        Where summer time skips it, the moment that would have been.
        """
        day = after.astimezone(self.zone).date()
        candidates = (dt.datetime.combine(day + n * _DAY, clock, self.zone).astimezone(dt.UTC) for n in range(3))
        return next(candidate for candidate in candidates if candidate > after)
