"""Websites that may show the upload box: each of them acts for the people who come there."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from marketplace.review.findings import Change, Finding, Item, Severity, remove, replace
from marketplace.review.subject import Check, Subject
from policy.actions import Action

_OWN_MACHINE = ("http://localhost", "http://127.0.0.1")
_LOOKING = {Action.FILES_LIST, Action.FILES_READ}


class Websites(Check):
    """Looks at each listed origin (RFC 6454), and at what it could do."""

    name = "websites"
    item = Item.COMPLIANCE

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """One finding for each origin that is too wide or not encrypted, one for reading from elsewhere."""
        for position, origin in enumerate(subject.document.origins or ()):
            yield from _of_origin(f"/origins/{position}", origin, _removal(subject, position))
        yield from _reading_elsewhere(subject)


def _removal(subject: Subject, position: int) -> tuple[Change, ...]:
    alone = len(subject.document.origins or ()) == 1
    return (remove("/origins" if alone else f"/origins/{position}"),)


def _of_origin(pointer: str, origin: str, removal: tuple[Change, ...]) -> Iterator[Finding]:
    host = urlsplit(origin).hostname or origin
    if host == "*" or origin == "*" or _is_top(host):
        words = "Every website could show the upload box, and act for whoever comes there."
        yield Finding(Severity.HIGH, "ANY_WEBSITE", pointer, origin, words, removal)
    elif host.startswith("*."):
        words = "Every website below {host} could show the upload box, a forgotten one too. Name them."
        yield Finding(Severity.MEDIUM, "MANY_WEBSITES", pointer, origin, words, facts={"host": host[2:]})
    if origin.startswith("http://") and not origin.startswith(_OWN_MACHINE):
        words = "This website isn't encrypted: anyone on the way could change the page around the upload box."
        fix = (replace(pointer, origin.replace("http://", "https://", 1)),)
        yield Finding(Severity.HIGH, "WEBSITE_NOT_ENCRYPTED", pointer, origin, words, fix)


def _is_top(host: str) -> bool:
    """`*.com`, `*.co.uk`: everything below belongs to somebody else."""
    labels = host.removeprefix("*.").split(".")
    return host.startswith("*.") and (len(labels) == 1 or (len(labels) == 2 and all(len(part) <= 3 for part in labels)))


def _reading_elsewhere(subject: Subject) -> Iterator[Finding]:
    origins, required = subject.document.origins, set(subject.document.permissions.required)
    if not origins or not required & _LOOKING:
        return
    severity = Severity.HIGH if subject.is_protected else Severity.MEDIUM
    words = "Every app lets these websites see its files. Let the app's maker decide: make it an optional permission."
    kept = [action for action in subject.document.permissions.required if action not in _LOOKING]
    optional = [*subject.document.permissions.optional, *sorted(required & _LOOKING)]
    fix = (replace("/permissions/required", kept), replace("/permissions/optional", optional)) if kept else ()
    evidence = ", ".join(sorted(required & _LOOKING))
    yield Finding(severity, "WEBSITES_SEE_FILES", "/permissions/required", evidence, words, fix)
