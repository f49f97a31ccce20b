"""How long things last, as people say it, in the reader's language."""

from django.utils.translation import gettext, ngettext

from policy.sentences import Sentence

_DAYS_A_YEAR = 365


def duration(seconds: int) -> str:
    """`5 minutes`, `90 seconds`."""
    minutes, rest = divmod(seconds, 60)
    if rest or not minutes:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}


def days_in_words(days: int) -> str:
    """`90 days`, and `10 years` for as many days as ten years have, whichever of them are leap years.

    Any other number stays days: what is said is done to the day.
    """
    return str(days_to_keep(days))


def days_to_keep(days: int) -> Sentence:
    """The same, for whoever keeps it and has it read by others later."""
    years, beyond = divmod(days, _DAYS_A_YEAR)
    if years and beyond <= _most_leap_days(years) and (beyond == 0 or beyond >= years // 4):
        return Sentence("1 year") if years == 1 else Sentence("{count:count} years", {"count": years})
    return _days(days)


def exact_in_words(days: int) -> str:
    """As whoever types a number of days needs it: `3,653 days (10 years)`."""
    said = days_in_words(days)
    exactly = str(_days(days))
    return exactly if said == exactly else f"{exactly} ({said})"


def kept_in_words(days: int | None) -> str:
    """How long a file stays, as the end of "kept …"; None is for ever."""
    if days is None:
        return gettext("as long as the app exists")
    return gettext("for %(time)s") % {"time": days_in_words(days)}


def _days(days: int) -> Sentence:
    return Sentence("1 day") if days == 1 else Sentence("{count:count} days", {"count": days})


def _most_leap_days(years: int) -> int:
    """The most 29ths of February that so many years in a row can have."""
    return -(-years // 4)
