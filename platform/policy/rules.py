"""The rules that a wish must pass. A new one is a function and its line in RULES."""

from collections.abc import Callable

from kernel import errors
from kernel.decisions import Denied
from kernel.regions import place_of
from kernel.sizes import apart_in_words
from policy.media_types import is_runnable, matches
from policy.shape import Document
from policy.wishes import Ceiling, Wish

Rule = Callable[[Document, Wish, Ceiling], Denied | None]


def not_paused(_document: Document, _wish: Wish, ceiling: Ceiling) -> Denied | None:
    """Nothing comes in while the owner has paused the app."""
    return Denied(errors.APP_PAUSED) if ceiling.paused else None


def permitted(document: Document, wish: Wish, ceiling: Ceiling) -> Denied | None:
    """Only what both the template and the token allow."""
    if wish.action in document.permissions.possible & ceiling.actions:
        return None
    return Denied(errors.SCOPE_NOT_GRANTED, {"action": wish.action.words})


def in_its_region(document: Document, wish: Wish, _ceiling: Ceiling) -> Denied | None:
    """Files are stored only where the template keeps them."""
    if wish.region in document.regions:
        return None
    return Denied(errors.REGION_BLOCKED, {"place": " or ".join(place_of(code) for code in document.regions)})


def not_empty(_document: Document, wish: Wish, _ceiling: Ceiling) -> Denied | None:
    """A file has at least one byte."""
    return None if wish.size > 0 else Denied(errors.FILE_EMPTY, {"name": wish.name})


def of_an_allowed_type(document: Document, wish: Wish, _ceiling: Ceiling) -> Denied | None:
    """Only the types that the template names, and no name that would run on the computer it is saved to."""
    allowed = wish.content_type is not None and matches(wish.content_type, document.uploads.types)
    if allowed and not is_runnable(wish.name):
        return None
    return Denied(errors.FILE_TYPE_NOT_ALLOWED, {"name": wish.name, "types": document.uploads.type_words})


def not_too_large(document: Document, wish: Wish, ceiling: Ceiling) -> Denied | None:
    """At most the template's size, or the emergency ceiling's where that is lower."""
    limits = (document.uploads.max_bytes, ceiling.max_bytes)
    limit = min(value for value in limits if value is not None)
    if wish.size <= limit:
        return None
    size_words, limit_words = apart_in_words(wish.size, limit)
    return Denied(errors.FILE_TOO_LARGE, {"name": wish.name, "size": size_words, "limit": limit_words})


RULES: tuple[Rule, ...] = (not_paused, permitted, in_its_region, not_empty, of_an_allowed_type, not_too_large)
