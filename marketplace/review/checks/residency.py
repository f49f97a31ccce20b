"""Where files may lie: protected files in one area of law, and no word about a place that isn't kept."""

import re
from collections.abc import Iterator

from kernel.regions import place_of
from marketplace.review.findings import Finding, Item, Severity, replace
from marketplace.review.subject import Check, Subject
from policy.sentences import Fact

_PLACES = {
    re.compile(r"\b(?:Germany|German|Deutschland|Frankfurt)\b"): "eu-central-",
    re.compile(r"\b(?:Ireland|Irish|Irland|Dublin)\b"): "eu-west-",
    re.compile(r"\b(?:European Union|Europe|EU|Europäische[nr]? Union|Europa)\b"): "eu-",
    re.compile(r"\b(?:United States|America|USA|U\.S\.|Virginia)\b"): "us-",
}


class Residency(Check):
    """Compares the regions with the classification and with the words."""

    name = "residency"
    item = Item.COMPLIANCE

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """Regions under several laws for protected files, and places in words that a region contradicts."""
        yield from _several_laws(subject)
        for pointer, text in _told(subject):
            yield from _false_place(subject, pointer, text)


def _several_laws(subject: Subject) -> Iterator[Finding]:
    regions = subject.document.regions
    laws = {code.split("-", 1)[0] for code in regions}
    if not subject.is_protected or len(laws) < 2:
        return
    severity = Severity.HIGH if subject.is_regulated else Severity.MEDIUM
    first = regions[0].split("-", 1)[0]
    fix = (replace("/regions", [code for code in regions if code.split("-", 1)[0] == first]),)
    label = subject.document.classification.default
    words = "Files that are {label:words} could lie under several laws: {one:words} and {other:words}."
    other = next(code for code in regions if code.split("-", 1)[0] != first)
    facts = {"label": label, "one": place_of(regions[0]), "other": place_of(other)}
    yield Finding(severity, "REGIONS_UNDER_SEVERAL_LAWS", "/regions", ", ".join(regions), words, fix, facts)


def _told(subject: Subject) -> Iterator[tuple[str, str]]:
    yield "/summary", subject.document.summary
    yield from subject.document.consent_lines()


def _false_place(subject: Subject, pointer: str, text: str) -> Iterator[Finding]:
    for pattern, beginning in _PLACES.items():
        elsewhere = [code for code in subject.document.regions if not code.startswith(beginning)]
        if (found := pattern.search(text)) and elsewhere:
            words = "The words say “{said}”, and files may lie in {place:words}."
            facts: dict[str, Fact] = {"said": found[0], "place": place_of(elsewhere[0])}
            yield Finding(Severity.HIGH, "PLACE_NOT_KEPT", pointer, text, words, facts=facts)
