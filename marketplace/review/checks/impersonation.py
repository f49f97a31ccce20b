"""Names that could be taken for another template's."""

import unicodedata
from collections.abc import Iterator

from marketplace.review.findings import Finding, Item, Severity
from marketplace.review.subject import Check, Subject

_LOOKALIKES = str.maketrans({
    "а": "a", "в": "b", "е": "e", "к": "k", "м": "m", "н": "h", "о": "o", "р": "p", "с": "c", "т": "t", "у": "y",
    "х": "x", "і": "i", "ј": "j", "ѕ": "s", "ԁ": "d", "һ": "h", "ɡ": "g", "ο": "o", "α": "a", "ε": "e", "ρ": "p",
    "τ": "t", "ι": "i", "κ": "k", "ν": "v", "0": "o", "1": "i", "|": "i", "l": "i",
})  # fmt: skip
_ALPHABETS = ("LATIN", "CYRILLIC", "GREEK")


class Impersonation(Check):
    """Compares the name with those of published templates, as an eye would."""

    name = "impersonation"
    item = Item.EXPERIENCE

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """A name that reads like another's, and a name in several alphabets."""
        name, slug = subject.document.name, subject.document.slug
        seen = _as_seen(name)
        for other, published in subject.published.items():
            if other != slug and _as_seen(published) == seen:
                words = "There is a template called {name} already. People would take one for the other."
                yield Finding(Severity.HIGH, "NAME_OF_ANOTHER", "/name", name, words, facts={"name": published})
                break
        if len(_alphabets(name)) > 1:
            words = "The name mixes letters of several alphabets that look alike."
            yield Finding(Severity.HIGH, "NAME_MIXES_ALPHABETS", "/name", name, words)


def _as_seen(name: str) -> str:
    """The name without what the eye passes over: case, accents, spaces, signs and lookalikes."""
    plain = unicodedata.normalize("NFKD", name).casefold().translate(_LOOKALIKES)
    return "".join(letter for letter in plain if letter.isalnum())


def _alphabets(name: str) -> set[str]:
    names = (unicodedata.name(letter, "").split(" ", 1)[0] for letter in name if letter.isalpha())
    return {name for name in names if name in _ALPHABETS}
