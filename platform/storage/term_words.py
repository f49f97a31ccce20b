"""What a template's days mean, for all files and for those of some labels, in the reader's language."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from policy.lifetimes import Rules
from policy.shape import LabelTerms
from storage.durations import days_in_words, kept_in_words


def all_in_lines(rules: Rules) -> tuple[str, ...]:
    """What rules say of a file, beginning with how long it is kept: `for 10 years`, `at least 60 days: …`."""
    kept = kept_in_words(rules.ends_after_days)
    if rules.minimum_days and rules.minimum_days == rules.ends_after_days:
        return (kept, _("nobody deletes it before"), *_in_the_archive(rules))
    return (kept, *beside_the_end(rules))


def beside_the_end(rules: Rules) -> tuple[str, ...]:
    """How long a file must stay, and when it goes to the archive."""
    least = rules.minimum_days
    kept = [_("at least %(time)s: nobody deletes it before") % {"time": days_in_words(least)}] if least else []
    return (*kept, *_in_the_archive(rules))


def _in_the_archive(rules: Rules) -> Iterator[str]:
    if days := rules.archive_after_days:
        yield _("in the archive after %(time)s") % {"time": days_in_words(days)}


def in_lines(by_label: Iterable[LabelTerms], rules: Rules) -> tuple[str, ...]:
    """Each of them that changes what the rules say for all files: `regulated files at least 2 years`."""
    return tuple(line for terms in by_label for line in (*_kept(terms, rules), *_archived(terms, rules)))


def kept_in_lines(by_label: Iterable[LabelTerms], rules: Rules) -> tuple[str, ...]:
    """The same without what is only said of the archive."""
    return tuple(line for terms in by_label for line in _kept(terms, rules))


def _kept(terms: LabelTerms, rules: Rules) -> Iterator[str]:
    its = rules.under(terms)
    if its.minimum_days != rules.minimum_days:
        yield _("%(files)s at least %(time)s") % {"files": files_of(terms), "time": days_in_words(its.minimum_days)}
    if its.delete_after_days is not None and its.delete_after_days != rules.delete_after_days:
        yield _("%(files)s at most %(time)s") % {"files": files_of(terms), "time": days_in_words(its.delete_after_days)}


def _archived(terms: LabelTerms, rules: Rules) -> Iterator[str]:
    days = rules.under(terms).archive_after_days
    if days is not None and days != rules.archive_after_days:
        said = {"files": files_of(terms), "time": days_in_words(days)}
        yield _("%(files)s: after %(time)s in the archive") % said


def files_of(terms: LabelTerms) -> str:
    """`regulated files`: those of which the terms speak."""
    if terms.classification is None:
        return _("files of the kind “%(kind)s”") % {"kind": (terms.kind or "").replace("-", " ")}
    return {
        "public": _("public files"),
        "internal": _("internal files"),
        "confidential": _("confidential files"),
        "regulated": _("regulated files"),
    }[terms.classification]
