"""Names that people gave, made harmless before they stand in a notice: no line break, no hidden direction, no link."""

import re
import unicodedata
from collections.abc import Callable, Mapping

from policy.sentences import Fact

MAX_CHARACTERS = 300
_REFUSED_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"
_LINK_BREAK = "\u2060"
_BEFORE_ADDRESSES = re.compile(r"(?<=[.@:/])(?=\w|/)")


def one_line(text: str) -> str:
    """The text on one line of at most 300 characters, without control, direction and unseen characters.

    So it can't begin a header of its own (CWE-93), turn a sentence around, or bury what follows it.
    """
    seen = "".join(" " if _is_refused(character) else character for character in unicodedata.normalize("NFC", text))
    line = " ".join(seen.split())
    return line if len(line) <= MAX_CHARACTERS else f"{line[: MAX_CHARACTERS - 1]}…"


def unlinked(text: str) -> str:
    """The text with a word joiner where a mail program would see an address and make a link of it.

    A file called `evil.example/login` must not become a button in a letter that we send.
    """
    return _BEFORE_ADDRESSES.sub(_LINK_BREAK, text)


def made_inert(fact: Fact, how: Callable[[str], str]) -> Fact:
    """The fact, with the names in it made harmless. A sentence that is kept keeps its words, which are ours."""
    if isinstance(fact, Mapping):
        return {"words": fact["words"], "facts": {name: made_inert(part, how) for name, part in fact["facts"].items()}}
    return how(fact) if isinstance(fact, str) else fact


def _is_refused(character: str) -> bool:
    """The joiners stay: Persian and emoji are written with them."""
    return character not in _JOINERS and unicodedata.category(character) in _REFUSED_CATEGORIES
