"""Keys and passwords that somebody left in the document: whoever reads a template would have them."""

import math
import re
from collections.abc import Iterator
from typing import Final

from marketplace.review.findings import Finding, Item, Severity
from marketplace.review.subject import Check, Subject

KNOWN: Final = (
    ("an AWS access key", re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?")),
    ("a signed token", re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")),
    ("a GitHub token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,})")),
    ("a Slack token", re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}")),
    ("a Google API key", re.compile(r"\bAIza[A-Za-z0-9_-]{35}")),
    ("a Stripe key", re.compile(r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}")),
    ("a storage account's key", re.compile(r"AccountKey=[A-Za-z0-9+/]{40,}=*")),
    ("an address with a password in it", re.compile(r"(?i)\b[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/@]+@[^\s/]+")),
    ("a signed link", re.compile(r"[?&](?:X-Amz-Signature|sig|Signature)=[A-Za-z0-9%+/=-]{16,}")),
    (
        "a password",
        re.compile(r"(?i)\b(?:password|passwort|passwd|secret|api[_-]?key|access[_-]?key|token)\s*(?::=|[:=])\s*[\"'`]?[^\s\"'`]{8,}"),
    ),
)  # fmt: skip
_WORD = re.compile(r"[A-Za-z0-9+/_=-]{32,}")
_BITS_A_LETTER = 4.3
"""Random base64 has about five at this length; words, media types and digests in hex stay below."""


class Secrets(Check):
    """Looks for the shapes of known secrets, then for text that is too random to be words."""

    name = "secrets"
    item = Item.CREDENTIALS

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """One finding for each text that holds one."""
        for pointer, text in subject.texts():
            yield from _in_text(pointer, text)


def masked(text: str) -> str:
    """The text with everything that looks like a secret covered."""
    for _kind, pattern in KNOWN:
        text = pattern.sub("[covered]", text)
    return _WORD.sub(lambda found: "[covered]" if _is_random(found[0]) else found[0], text)


def _in_text(pointer: str, text: str) -> Iterator[Finding]:
    for kind, pattern in KNOWN:
        if found := pattern.search(text):
            words, evidence = (
                "This looks like {kind:words}. Take it out, and make it void where it came from.",
                _covered(found[0]),
            )
            yield Finding(Severity.HIGH, "SECRET_IN_DOCUMENT", pointer, evidence, words, facts={"kind": kind})
            return
    if random := next((word for word in _WORD.findall(text) if _is_random(word)), None):
        words = "This looks like a key or a password: it is too random to be words."
        yield Finding(Severity.MEDIUM, "SECRET_LIKE_TEXT", pointer, _covered(random), words)


def _is_random(word: str) -> bool:
    counts = [word.count(letter) for letter in set(word)]
    return -sum(count / len(word) * math.log2(count / len(word)) for count in counts) > _BITS_A_LETTER


def _covered(secret: str) -> str:
    """Enough to find it again, too little to use it."""
    return f"{secret[:4]}…"
