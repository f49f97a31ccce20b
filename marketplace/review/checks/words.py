"""Words for people: plain, without markup, and without claims that only somebody else could make."""

import re
from collections.abc import Iterator

from marketplace.review.findings import Finding, Item, Severity
from marketplace.review.subject import Check, Subject

_MARKUP = re.compile(r"<\s*/?\s*[a-zA-Z!]|&#?\w+;|\bjavascript:|\{\{|\{%", re.IGNORECASE)
_CLAIM = re.compile(
    r"\b(?:official(?:ly)?|certified|verified|approved|guaranteed|recommended by|100 ?% (?:safe|secure)|offiziell|"
    r"zertifiziert|geprüft von)\b",
    re.IGNORECASE,
)
_JARGON = re.compile(r"\b(?:S3|URL|MIME|bucket|API|TTL|OAuth|JWT|regex|payload|endpoint)\b")
_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)


class Words(Check):
    """Reads every text that people will."""

    name = "words"
    item = Item.EXPERIENCE

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """At most one finding of a kind for each text."""
        for pointer, text in _for_people(subject):
            for pattern, severity, code, words in (
                (_MARKUP, Severity.MEDIUM, "MARKUP_IN_WORDS", "This looks like markup. People would see it as it is."),
                (_CLAIM, Severity.MEDIUM, "CLAIM_IN_WORDS", "A template can't say this of itself."),
                (_LINK, Severity.MEDIUM, "LINK_IN_WORDS", "A link in these words leads people away from the page."),
                (_JARGON, Severity.LOW, "JARGON_IN_WORDS", "Not everybody knows this word."),
            ):
                if found := pattern.search(text):
                    yield Finding(severity, code, pointer, found[0], words)


def _for_people(subject: Subject) -> Iterator[tuple[str, str]]:
    document = subject.document
    yield "/name", document.name
    yield "/summary", document.summary
    yield "/uploads/type_words", document.uploads.type_words
    yield from document.consent_lines()
    for position, option in enumerate(document.options):
        yield f"/options/{position}/label", option.label
