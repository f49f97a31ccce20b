"""The languages of pages, brought down to the rooms that know no Django, and to answers that no page carries."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from django.http import HttpRequest
from django.utils.formats import date_format, get_format
from django.utils.translation import get_language_from_request, gettext, override

from kernel.language import speak


class _Django:
    """Kernel's Tongue: the language that is active in this thread."""

    def said(self, words: str) -> str:
        """From the dictionaries in `locale/`. An empty message would be the dictionary's own heading."""
        return gettext(words) if words else words

    def marks(self) -> tuple[str, str]:
        """As the language writes numbers."""
        return get_format("THOUSAND_SEPARATOR"), get_format("DECIMAL_SEPARATOR")

    def day(self, date: dt.date) -> str:
        """As pages write it."""
        return date_format(date, gettext("j F Y"))


def bring_dictionaries() -> None:
    """Let every room speak the language that is active."""
    speak(_Django())


@contextmanager
def spoken_to(accept_language: str | None) -> Iterator[None]:
    """Speak the language of an `Accept-Language` inside; English where it names none that is spoken here."""
    with override(_preferred((accept_language or "")[:_MOST_CHARACTERS])):
        yield


_MOST_CHARACTERS = 200


@lru_cache(maxsize=256)
def _preferred(accept_language: str) -> str:
    asking = HttpRequest()
    asking.META["HTTP_ACCEPT_LANGUAGE"] = accept_language
    return get_language_from_request(asking)
