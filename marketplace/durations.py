"""Times in words."""

from django.utils.translation import ngettext


def duration(seconds: int) -> str:
    """`5 minutes`, `90 seconds`, in the reader's language."""
    minutes, rest = divmod(seconds, 60)
    if rest or not minutes:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
