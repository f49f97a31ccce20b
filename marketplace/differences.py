"""What another version of a template would do otherwise, in the words of its Safety facts.

`widens` marks what gives more away than before: more people, actions, kinds of files, places, space, time, or fewer
checks. An update that only takes away has none of these.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kernel.language import number, said
from kernel.regions import place_of
from kernel.sizes import in_words
from marketplace.consent_words import by_label_words
from marketplace.engines import ENGINE_WORDS
from policy.actions import Action
from policy.document import Document
from storage.durations import days_in_words, duration, kept_in_words

AUDIENCES = {"team": "Members of the workspace", "public": "Anyone who has the link"}
_LABELS = ("public", "internal", "confidential", "regulated")
_READERS = (None, "after_review", "at_once")
_READER_WORDS = {None: "nobody outside", "after_review": "anyone, once a person looked", "at_once": "anyone, at once"}
_KEYS = ("unavailable", "optional", "required")


@dataclass(frozen=True, slots=True)
class Difference:
    """One line: what it is about, how it was, how it is; `widens` where more is given away."""

    label: str
    before: str
    after: str
    widens: bool


_Read = Callable[[Document], object]
_Say = Callable[[Document], str]


def differences(before: Document, after: Document) -> tuple[Difference, ...]:
    """Everything that differs to people, what widens first."""
    found = [*_permissions(before, after), *_sets(before, after), *_amounts(before, after), *_scales(before, after),
             *_texts(before, after)]  # fmt: skip
    return tuple(sorted(found, key=lambda one: not one.widens))


def only_takes_away(before: Document, after: Document) -> bool:
    """Whether nothing is given away that wasn't before."""
    return not any(one.widens for one in differences(before, after))


def _permissions(before: Document, after: Document) -> Iterator[Difference]:
    for action in Action:
        was, becomes = _granted(before, action), _granted(after, action)
        if was != becomes:
            words = said("May {action}").format(action=said(action.words))
            yield Difference(words, said(_GRANTS[was]), said(_GRANTS[becomes]), widens=becomes > was)


_GRANTS = ("no", "if you allow it", "yes")


def _granted(document: Document, action: Action) -> int:
    if action in document.permissions.required:
        return 2
    return 1 if action in document.permissions.optional else 0


def _sets(before: Document, after: Document) -> Iterator[Difference]:
    """Lists of which more is more given away; of checks, less is."""
    for label, read, say in _SETS:
        was, becomes = frozenset(read(before)), frozenset(read(after))
        if was != becomes:
            widens = bool(was - becomes) if label == "Checked" else bool(becomes - was)
            yield Difference(said(label), _listed(map(say, sorted(was))), _listed(map(say, sorted(becomes))), widens)


_SETS: tuple[tuple[str, Callable[[Document], Iterable[str]], Callable[[str], str]], ...] = (
    ("Takes", lambda document: document.uploads.types, str),
    ("Where", lambda document: document.regions, place_of),
    ("Checked", lambda document: document.scanning.engines, lambda name: ENGINE_WORDS[name]),
    ("Websites that show it", lambda document: document.origins or (), str),
)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(map(said, words)) or said("none")


def _amounts(before: Document, after: Document) -> Iterator[Difference]:
    for label, read, say in _AMOUNTS:
        if (was := read(before)) != (becomes := read(after)):
            yield Difference(said(label), say(was), say(becomes), widens=becomes > was)


def _files(count: int) -> str:
    return said("{count} files").format(count=number(count))


_AMOUNTS: tuple[tuple[str, Callable[[Document], int], Callable[[int], str]], ...] = (
    ("Largest file", lambda document: document.uploads.max_bytes, in_words),
    ("Space", lambda document: document.quota.app_bytes, in_words),
    ("Files altogether", lambda document: document.quota.app_objects, _files),
    ("An upload must begin within", lambda document: document.uploads.url_ttl_seconds, duration),
    ("A link to open a file works for", lambda document: document.downloads.url_ttl_seconds, duration),
    ("Access ends by itself after", lambda document: document.tokens.ttl_seconds, duration),
)


def _scales(before: Document, after: Document) -> Iterator[Difference]:
    """What stands on a ladder of its own."""
    for label, say, rank in _SCALES:
        if (was := say(before)) != (becomes := say(after)):
            yield Difference(said(label), said(was), said(becomes), widens=rank(after) > rank(before))


_SCALES: tuple[tuple[str, _Say, Callable[[Document], int]], ...] = (
    ("Who uploads", lambda document: AUDIENCES[document.audience], lambda document: document.audience == "public"),
    ("Who opens files without signing in", lambda document: _READER_WORDS[document.public_read],
     lambda document: _READERS.index(document.public_read)),
    ("Shows that a person is there", lambda document: "a short sum, done by the browser" if document.captcha else "no",
     lambda document: document.captcha is None),
    ("Protection", lambda document: document.classification.default,
     lambda document: -_LABELS.index(document.classification.default)),
    ("Own encryption key", lambda document: document.encryption.customer_key,
     lambda document: -_KEYS.index(document.encryption.customer_key)),
    ("Kept", lambda document: kept_in_words(document.lifecycle.delete_after_days),
     lambda document: document.lifecycle.delete_after_days or 10**9),
    ("Must stay for", lambda document: days_in_words(document.retention.minimum_days),
     lambda document: -document.retention.minimum_days),
)  # fmt: skip


def _texts(before: Document, after: Document) -> Iterator[Difference]:
    """Words that people read, and rules of the template's own, of which no machine can say whether they widen."""
    for label, read in _TEXTS:
        if (was := read(before)) != (becomes := read(after)):
            yield Difference(said(label), said(was), said(becomes), widens=label in _MAY_WIDEN)


_MAY_WIDEN = {"Rules of its own", "By label"}
_TEXTS: tuple[tuple[str, _Say], ...] = (
    ("Name", lambda document: document.name),
    ("Summary", lambda document: document.summary),
    ("What people agree to", lambda document: " ".join(line for _pointer, line in document.consent_lines())),
    ("Choices", lambda document: _listed(option.label for option in document.options)),
    ("By label", lambda document: "; ".join(by_label_words(document)) or said("none")),
    ("Rules of its own", lambda document: document.rego or "none"),
)

WORDS = frozenset({
    *(row[0] for rows in (_SETS, _AMOUNTS, _SCALES, _TEXTS) for row in rows), *_GRANTS, *_LABELS, *_KEYS,
    *_READER_WORDS.values(), "a short sum, done by the browser",
})  # fmt: skip
"""Every label, and the values that are no names and no numbers."""
