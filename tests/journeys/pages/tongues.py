"""What stands on a page, and which of it is English that a German was left with."""

import re
from collections.abc import Iterable

from playwright.sync_api import Page

from tests.help.words import WORD, english_words

_SHOWN = """() => {
  const gone = "script, style, template, noscript, code, pre, kbd, textarea, [lang]:not(html), [translate=no]";
  const named = (node) => node.matches("option") && node.value.replaceAll("_", " ") === node.textContent;
  const found = [];
  const read = (node) => {
    if (node.nodeType === 3) found.push(node.textContent);
    if (node.nodeType !== 1 || node.matches(gone) || named(node)) return;
    for (const name of ["aria-label", "title", "placeholder", "alt"]) found.push(node.getAttribute(name) ?? "");
    if (node.matches("input[type=submit], input[type=button]")) found.push(node.value);
    for (const child of [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes]) read(child);
  };
  read(document.body);
  found.push(document.title);
  return found.map((words) => words.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""


_DU = re.compile(r"\b(?:du|dich|dir|dein(?:e[mnrs]?)?|gib|lass)\b", re.IGNORECASE)
_NAMES_OF_THINGS = re.compile(r"https?://\S+|\S+@\S+|\S+\.(?:html|jpg|pdf|txt)\b|[a-z0-9]+(?:-[a-z0-9]+)+")


def shown(page: Page) -> set[str]:
    """Every text of the page that is open, in its custom elements too, and what is read aloud."""
    return set(page.evaluate(_SHOWN))


def says_du(text: str) -> bool:
    """Whether a German text speaks to a friend, as libraries do; these pages say Sie."""
    return bool(_DU.search(text))


def left_in_english(english: set[str], german: set[str], names: Iterable[str]) -> list[str]:
    """Texts that stand alike on both, though there are words in them that no German sentence of ours has.

    `names` are what people of the world typed, or templates and libraries are called.
    """
    return sorted(text for text in english & german if WORD.search(text) and _has_english(text, names))


def _has_english(text: str, names: Iterable[str]) -> bool:
    for name in names:
        text = text.replace(name, " ")
    text = _NAMES_OF_THINGS.sub(" ", text)
    return any(word.lower() in english_words() for word in WORD.findall(text))
