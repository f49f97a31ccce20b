"""The rules that a wish must pass. A new one is a function and its line in one of the tuples."""

from collections.abc import Callable
from typing import Any

from kernel import errors
from kernel.decisions import Denied
from kernel.language import said
from kernel.regions import place_of
from kernel.sizes import apart_in_words
from policy.media_types import is_runnable, matches
from policy.shape import Document
from policy.wishes import Ceiling, DownloadWish, ExchangeWish, UploadWish, Wish

Rule = Callable[[Document, Any, Ceiling], Denied | None]


def not_paused(_document: Document, _wish: UploadWish, ceiling: Ceiling) -> Denied | None:
    """Nothing comes in while the owner has paused the app."""
    return Denied(errors.APP_PAUSED) if ceiling.paused else None


def permitted(document: Document, wish: UploadWish, ceiling: Ceiling) -> Denied | None:
    """Only what both the template and the token allow."""
    if wish.action in document.permissions.possible & ceiling.actions:
        return None
    return Denied(errors.SCOPE_NOT_GRANTED, {"action": wish.action.words})


def granted(_document: Document, wish: ExchangeWish, ceiling: Ceiling) -> Denied | None:
    """Only actions that whoever asks can be given.

    The template alone doesn't bound them: who makes an app may also look after its files. The ceiling does.
    """
    beyond = sorted(wish.actions - ceiling.actions)
    return Denied(errors.SCOPE_NOT_GRANTED, {"action": beyond[0].words}) if beyond else None


def in_its_region(document: Document, wish: Wish, _ceiling: Ceiling) -> Denied | None:
    """Files are stored only where the template keeps them."""
    if wish.region in document.regions:
        return None
    places = f" {said('or')} ".join(said(place_of(code)) for code in document.regions)
    return Denied(errors.REGION_BLOCKED, {"place": places})


def not_empty(_document: Document, wish: UploadWish, _ceiling: Ceiling) -> Denied | None:
    """A file has at least one byte."""
    return None if wish.size > 0 else Denied(errors.FILE_EMPTY, {"name": wish.name})


def of_an_allowed_type(document: Document, wish: UploadWish, _ceiling: Ceiling) -> Denied | None:
    """Only the types that the template names, and no name that would run on the computer it is saved to."""
    allowed = wish.content_type is not None and matches(wish.content_type, document.uploads.types)
    if allowed and not is_runnable(wish.name):
        return None
    return Denied(errors.FILE_TYPE_NOT_ALLOWED, {"name": wish.name, "types": document.uploads.type_words})


def not_too_large(document: Document, wish: UploadWish, ceiling: Ceiling) -> Denied | None:
    """At most the template's size, or the emergency ceiling's where that is lower."""
    limits = (document.uploads.max_bytes, ceiling.max_bytes)
    limit = min(value for value in limits if value is not None)
    if wish.size <= limit:
        return None
    size_words, limit_words = apart_in_words(wish.size, limit)
    return Denied(errors.FILE_TOO_LARGE, {"name": wish.name, "size": size_words, "limit": limit_words})


RULES: tuple[Rule, ...] = (not_paused, permitted, in_its_region, not_empty, of_an_allowed_type, not_too_large)
"""An upload's."""

_DOWNLOAD_RULES: tuple[Rule, ...] = (in_its_region,)
"""Whether the token covers reading was asked before: who made the app may read beyond what the template gives."""

_EXCHANGE_RULES: tuple[Rule, ...] = (granted, in_its_region)


def rules_for(wish: Wish) -> tuple[Rule, ...]:
    """The rules for this kind of wish."""
    if isinstance(wish, UploadWish):
        return RULES
    return _DOWNLOAD_RULES if isinstance(wish, DownloadWish) else _EXCHANGE_RULES
