"""What each field alone allows and all together don't. A new check is a function and its line in CHECKS."""

import re
from collections.abc import Callable, Iterator

from kernel.errors import FieldError
from kernel.language import said
from kernel.paths import UnusablePathError, clean_path, is_within
from policy.classification import CLASSES
from policy.lifetimes import rules_of
from policy.media_types import RUNS_IN_BROWSERS, STRIPPABLE
from policy.shape import CONSENT_PLACEHOLDERS, Document, LabelTerms

Check = Callable[[Document], Iterator[FieldError]]
_PLACEHOLDER = re.compile(r"\{(?:" + "|".join(CONSENT_PLACEHOLDERS) + r")\}")


def contradictions_in(document: Document) -> tuple[FieldError, ...]:
    """Every contradiction of the document; none for one that can be enforced as it reads."""
    return tuple(error for check in CHECKS for error in check(document))


def _permission_is_required_or_optional(document: Document) -> Iterator[FieldError]:
    if set(document.permissions.required) & set(document.permissions.optional):
        yield FieldError("/permissions/optional", said("A required permission can't be optional too."))


def _no_type_runs_in_browsers(document: Document) -> Iterator[FieldError]:
    for position, content_type in enumerate(document.uploads.types):
        if content_type in RUNS_IN_BROWSERS:
            yield FieldError(f"/uploads/types/{position}", said("A browser would run such a file: it can't be shared."))


def _links_end_before_their_token(document: Document) -> Iterator[FieldError]:
    """Else revoking a token, or letting it end, would leave longer-lived links behind."""
    for place, link in (("uploads", document.uploads), ("downloads", document.downloads)):
        if link.url_ttl_seconds > document.tokens.ttl_seconds:
            detail = said("A link can't live longer than the token that asks for it.")
            yield FieldError(f"/{place}/url_ttl_seconds", detail)


def _one_file_fits(document: Document) -> Iterator[FieldError]:
    if document.uploads.max_bytes > document.quota.app_bytes:
        yield FieldError("/quota/app_bytes", said("An app must have room for at least one file of the largest size."))


def _files_stay_as_long_as_they_must(document: Document) -> Iterator[FieldError]:
    days = document.lifecycle.delete_after_days
    if days is not None and days < document.retention.minimum_days:
        detail = said("Files would be deleted before their retention label lets them go.")
        yield FieldError("/lifecycle/delete_after_days", detail)


def _files_are_archived_before_they_go(document: Document) -> Iterator[FieldError]:
    archived, deleted = document.lifecycle.archive_after_days, document.lifecycle.delete_after_days
    if archived is not None and deleted is not None and archived >= deleted:
        yield FieldError("/lifecycle/archive_after_days", said("Files would be deleted before they are archived."))


def _terms_of_labels_can_be_kept(document: Document) -> Iterator[FieldError]:
    """Each label's own days change something, for files that there can be, and no file is deleted too soon by them."""
    rules = rules_of(document.lifecycle, document.retention.minimum_days)
    for position, terms in enumerate(document.lifecycle.labels or ()):
        place, its = f"/lifecycle/labels/{position}", rules.under(terms)
        if not _some_file_has(document, terms):
            yield FieldError(place, said("No file of this template gets this label."))
        if its == rules:
            detail = said("These days change nothing: all files of the template have them, or stricter ones.")
            yield FieldError(place, detail)
        if terms.delete_after_days is not None and terms.delete_after_days < its.minimum_days:
            detail = said("Files would be deleted before their retention label lets them go.")
            yield FieldError(f"{place}/delete_after_days", detail)
        if terms.archive_after_days is not None and terms.archive_after_days >= (its.ends_after_days or _FOR_EVER):
            yield FieldError(f"{place}/archive_after_days", said("Files would be deleted before they are archived."))


_FOR_EVER = 10**9
"""More days than any document can name."""


def _some_file_has(document: Document, terms: LabelTerms) -> bool:
    """A classification is only ever raised, by content or by rules; a kind is one that the document names.

    A module may name any kind.
    """
    classification = document.classification
    if terms.classification is not None:
        return CLASSES.index(terms.classification) >= CLASSES.index(classification.default)
    kinds = {classification.kind, *(rule.kind for rule in classification.rules)}
    return document.rego is not None or terms.kind in kinds


def _labels_have_one_set_of_terms(document: Document) -> Iterator[FieldError]:
    labels = [(terms.classification, terms.kind) for terms in document.lifecycle.labels or ()]
    for position, label in enumerate(labels):
        if label in labels[:position]:
            yield FieldError(f"/lifecycle/labels/{position}", said("Another entry is about this label."))


def _typical_file_is_allowed(document: Document) -> Iterator[FieldError]:
    if document.costs.bytes_per_file > document.uploads.max_bytes:
        yield FieldError("/costs/bytes_per_file", said("The typical file is larger than the largest allowed one."))


def _consent_has_known_placeholders(document: Document) -> Iterator[FieldError]:
    """An unknown one would show braces to a person, or reach into whatever fills it in."""
    for pointer, line in document.consent_lines():
        if set("{}") & set(_PLACEHOLDER.sub("", line)):
            known = ", ".join(f"{{{name}}}" for name in CONSENT_PLACEHOLDERS)
            yield FieldError(pointer, said("Braces stand only in {known}.").format(known=known))


def _surfaces_lie_apart(document: Document) -> Iterator[FieldError]:
    """Else a receipt would name two of them, or a file lie in two."""
    names, folders = [document.consent.surface], list[str]()
    for position, surface in enumerate(document.surfaces or ()):
        if surface.name in names:
            yield FieldError(f"/surfaces/{position}/name", said("Another surface has this name."))
        if not _is_path(surface.folder):
            yield FieldError(f"/surfaces/{position}/folder", said("No folder can be called this."))
        elif any(is_within(surface.folder, other) or is_within(other, surface.folder) for other in folders):
            detail = said("It is another surface's folder, or in it, or around it.")
            yield FieldError(f"/surfaces/{position}/folder", detail)
        names.append(surface.name)
        folders.append(surface.folder)


def _is_path(folder: str) -> bool:
    try:
        return clean_path(folder) == folder
    except UnusablePathError:
        return False


def _option_names_differ(document: Document) -> Iterator[FieldError]:
    names = [option.name for option in document.options]
    for position, name in enumerate(names):
        if name in names[:position]:
            yield FieldError(f"/options/{position}/name", said("Another option has this name."))


def _pictures_can_be_stripped(document: Document) -> Iterator[FieldError]:
    """Where notes must go, only kinds of picture come in whose notes can be found."""
    if document.pictures is None or document.pictures.metadata != "strip":
        return
    for position, content_type in enumerate(document.uploads.types):
        if content_type.startswith("image/") and content_type not in STRIPPABLE:
            detail = said("What such a picture tells of its place can't be taken out here.")
            yield FieldError(f"/uploads/types/{position}", detail)


CHECKS: tuple[Check, ...] = (
    _permission_is_required_or_optional,
    _no_type_runs_in_browsers,
    _links_end_before_their_token,
    _one_file_fits,
    _files_stay_as_long_as_they_must,
    _files_are_archived_before_they_go,
    _terms_of_labels_can_be_kept,
    _labels_have_one_set_of_terms,
    _typical_file_is_allowed,
    _consent_has_known_placeholders,
    _surfaces_lie_apart,
    _option_names_differ,
    _pictures_can_be_stripped,
)
