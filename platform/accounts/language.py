"""The language that a person reads pages in, kept so that letters come in it too."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import override
from django.views.i18n import set_language

from accounts.models import User


def remember_language(user: User, language: str) -> None:
    """Keep it, where it is one that is spoken here and not the one that is kept."""
    if language in dict(settings.LANGUAGES) and language != user.language:
        user.language = language
        user.save(update_fields=["language"])


@contextmanager
def language_of(user: User) -> Iterator[None]:
    """Speak the person's language inside."""
    with override(user.language or settings.LANGUAGE_CODE):
        yield


def choose_language(request: HttpRequest) -> HttpResponse:
    """Django's own page of the choice at every page's foot; of who is signed in it is kept beyond this browser."""
    answer: HttpResponse = set_language(request)
    if request.method == "POST" and isinstance(request.user, User):
        remember_language(request.user, request.POST.get("language", ""))
    return answer
